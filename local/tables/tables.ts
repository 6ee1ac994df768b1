/**
 * The template's tables on the engine: keys, indexes and TTL. Streams are not the engine's business (`table-stream.ts`).
 */

import type { Resolver } from '../types';
import { DYNAMODB, type EngineClient } from './engine-client';

/** One table as the rest of the AWS side knows it. */
export interface LocalTable {
  logicalId: string;
  name: string;
  /** The partition key's attribute, of the table (under '') and of each index. */
  partitionKeys: Record<string, string>;
  /** The attributes of the table's own key. */
  keyAttributes: string[];
  /** Holds when a row's time is over, in seconds; undefined where rows stay. */
  ttlAttribute: string | undefined;
  /** What the records of its stream hold; undefined without a stream. */
  streamViewType: string | undefined;
}

interface Key {
  AttributeName: string;
  KeyType: string;
}
interface Index {
  IndexName: string;
  KeySchema: Key[];
  Projection: unknown;
}
interface TableProperties {
  KeySchema: Key[];
  AttributeDefinitions: Array<{ AttributeName: string; AttributeType: string }>;
  GlobalSecondaryIndexes?: Index[];
  LocalSecondaryIndexes?: Index[];
  StreamSpecification?: { StreamViewType: string };
  TimeToLiveSpecification?: { AttributeName?: string; Enabled: boolean };
}

/** What means nothing on one machine: capacity, encryption, backups, tags, protection against deletion. */
const WITHOUT_MEANING = [
  'TableName',
  'BillingMode',
  'ProvisionedThroughput',
  'OnDemandThroughput',
  'WriteOnDemandThroughputSettings',
  'WriteProvisionedThroughputSettings',
  'SSESpecification',
  'PointInTimeRecoverySpecification',
  'ContributorInsightsSpecification',
  'DeletionProtectionEnabled',
  'TableClass',
  'Tags',
  'WarmThroughput',
];
const KNOWN = new Set([
  ...WITHOUT_MEANING,
  'KeySchema',
  'AttributeDefinitions',
  'GlobalSecondaryIndexes',
  'LocalSecondaryIndexes',
  'StreamSpecification',
  'TimeToLiveSpecification',
  'Replicas',
]);

/** Creates the tables that are missing. Throws when a kept table has other keys than the template. */
export async function createTables(resolver: Resolver, engine: EngineClient): Promise<LocalTable[]> {
  const tables = ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'].flatMap((type) =>
    resolver.ofType<TableProperties>(type),
  );
  return Promise.all(
    tables.map(async ({ logicalId, properties }): Promise<LocalTable> => {
      refuseUnknown(logicalId, properties);
      const name = resolver.ref(logicalId);
      const existing = await describe(engine, name);
      if (existing) refuseOtherShape(name, existing, properties);
      else await create(engine, name, properties);
      // Files of earlier versions: with a stream, each write would be slower than the last.
      if (existing?.StreamSpecification) await endEngineStream(engine, name);
      return {
        logicalId,
        name,
        partitionKeys: partitionKeys(properties),
        keyAttributes: properties.KeySchema.map(({ AttributeName }) => AttributeName),
        ttlAttribute: ttlAttributeOf(properties),
        streamViewType: properties.StreamSpecification?.StreamViewType,
      };
    }),
  );
}

async function describe(engine: EngineClient, name: string): Promise<TableProperties | undefined> {
  try {
    return (await engine.call(`${DYNAMODB}.DescribeTable`, { TableName: name })).Table;
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

async function create(engine: EngineClient, name: string, properties: TableProperties): Promise<void> {
  await engine.call(`${DYNAMODB}.CreateTable`, {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: properties.KeySchema,
    AttributeDefinitions: properties.AttributeDefinitions,
    GlobalSecondaryIndexes: properties.GlobalSecondaryIndexes?.map(indexForEngine),
    LocalSecondaryIndexes: properties.LocalSecondaryIndexes?.map(indexForEngine),
  });
  const ttl = properties.TimeToLiveSpecification;
  if (ttl?.Enabled)
    await engine.call(`${DYNAMODB}.UpdateTimeToLive`, { TableName: name, TimeToLiveSpecification: ttl });
}

async function endEngineStream(engine: EngineClient, name: string): Promise<void> {
  await engine.call(`${DYNAMODB}.UpdateTable`, {
    TableName: name,
    StreamSpecification: { StreamEnabled: false },
  });
}

function indexForEngine({ IndexName, KeySchema, Projection }: Index): Index {
  return { IndexName, KeySchema, Projection };
}

function refuseUnknown(logicalId: string, properties: TableProperties): void {
  for (const property of Object.keys(properties))
    if (!KNOWN.has(property))
      throw new Error(`The local host does not know the property ${property} of the table ${logicalId}.`);
}

/** Kept data was written under the kept keys, so it cannot be read under others. */
function refuseOtherShape(name: string, kept: TableProperties, wanted: TableProperties): void {
  if (shape(kept) !== shape(wanted))
    throw new Error(
      `The kept table ${name} has other keys or indexes (${shape(kept)}) than the stack ` +
        `(${shape(wanted)}): start with another database file, or delete this one.`,
    );
}

function shape(table: TableProperties): string {
  const types = new Map(table.AttributeDefinitions.map((a) => [a.AttributeName, a.AttributeType]));
  const keys = (schema: Key[]) =>
    schema.map((key) => `${key.KeyType} ${key.AttributeName}:${types.get(key.AttributeName)}`).join(', ');
  const indexes = [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])];
  return [
    keys(table.KeySchema),
    ...indexes.map((index) => `${index.IndexName}: ${keys(index.KeySchema)}`).sort(),
  ].join('; ');
}

function ttlAttributeOf({ TimeToLiveSpecification: ttl }: TableProperties): string | undefined {
  return ttl?.Enabled ? ttl.AttributeName : undefined;
}

function partitionKeys(table: TableProperties): Record<string, string> {
  const hash = (schema: Key[]) => schema.find((key) => key.KeyType === 'HASH')?.AttributeName ?? '';
  const indexes = [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])];
  return {
    '': hash(table.KeySchema),
    ...Object.fromEntries(indexes.map((index) => [index.IndexName, hash(index.KeySchema)])),
  };
}
