/** `AWS::Lambda::EventSourceMapping` as the template gives it, checked against what this host and AWS would take. */

import type { Policies } from '../aws/iam';
import type { LocalQueue, Queues } from '../aws/queues';
import type { LocalTable } from '../tables/tables';
import { attributeOf } from '../template/attributes';
import { functionNamed } from '../template/function-names';
import type { Resolver } from '../types';
import type { DeliverySettings } from './batch-delivery';
import { compileFilters, type RecordFilter } from './event-filter';
import type { StartingPosition } from './stream-reader';

/** One mapping, ready to be polled. */
export interface EventSource {
  logicalId: string;
  functionLogicalId: string;
  table: LocalTable;
  filter: RecordFilter;
  batchSize: number;
  windowSeconds: number;
  startingPosition: StartingPosition;
  onFailure: LocalQueue | undefined;
  delivery: DeliverySettings;
}

interface MappingProperties {
  EventSourceArn: string;
  FunctionName: string;
  BatchSize?: number;
  BisectBatchOnFunctionError?: boolean;
  DestinationConfig?: { OnFailure?: { Destination?: string } };
  Enabled?: boolean;
  FilterCriteria?: { Filters?: Array<{ Pattern?: string }> };
  FunctionResponseTypes?: string[];
  MaximumBatchingWindowInSeconds?: number;
  MaximumRecordAgeInSeconds?: number;
  MaximumRetryAttempts?: number;
  StartingPosition?: string;
}

const KNOWN = new Set([
  'EventSourceArn',
  'FunctionName',
  'BatchSize',
  'BisectBatchOnFunctionError',
  'DestinationConfig',
  'Enabled',
  'FilterCriteria',
  'FunctionResponseTypes',
  'MaximumBatchingWindowInSeconds',
  'MaximumRecordAgeInSeconds',
  'MaximumRetryAttempts',
  'StartingPosition',
  'Tags',
]);

/** What Lambda's poller does in the function's name; AWS refuses a mapping whose role lacks one of them. */
const STREAM_ACTIONS = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'];

/** Lambda's defaults and limits for DynamoDB streams. */
const DEFAULT_BATCH_SIZE = 100;
const LARGEST_BATCH_SIZE = 10_000;

/** What the mappings refer to. */
export interface EventSourceSurroundings {
  resolver: Resolver;
  tables: LocalTable[];
  queues: Queues;
  policies: Map<string, Policies>;
}

/** Reads every enabled mapping of the stack. Throws on one that AWS would refuse or this host does not know. */
export function readEventSources(surroundings: EventSourceSurroundings): EventSource[] {
  return surroundings.resolver
    .ofType<MappingProperties>('AWS::Lambda::EventSourceMapping')
    .filter(({ properties }) => properties.Enabled !== false)
    .map(({ logicalId, properties }) => readEventSource(logicalId, properties, surroundings));
}

function readEventSource(
  logicalId: string,
  properties: MappingProperties,
  { resolver, tables, queues, policies }: EventSourceSurroundings,
): EventSource {
  const refuse = (why: string): never => {
    throw new Error(`The event source mapping ${logicalId} ${why}.`);
  };
  for (const property of Object.keys(properties))
    if (!KNOWN.has(property)) refuse(`has the property ${property}, which the local host does not know`);
  const functionLogicalId =
    functionNamed(resolver, properties.FunctionName) ??
    refuse(`names no function: ${properties.FunctionName}`);
  const streamArn = properties.EventSourceArn;
  const table =
    tables.find((candidate) => streamArnOf(candidate) === streamArn) ??
    refuse(`reads ${streamArn}, which is no stream of a table here`);
  if (!table.engineStreamArn) refuse(`reads the table ${table.logicalId}, which has no stream`);
  const from = properties.StartingPosition;
  if (from !== 'TRIM_HORIZON' && from !== 'LATEST') return refuse(`has the starting position ${from}`);
  const batchSize = properties.BatchSize ?? DEFAULT_BATCH_SIZE;
  if (batchSize < 1 || batchSize > LARGEST_BATCH_SIZE) refuse(`has the batch size ${batchSize}`);

  const role = policies.get(functionLogicalId);
  const demand = (action: string, resource: string) => {
    if (!role?.allows(action, resource))
      refuse(`needs ${action} on ${resource} in the role of ${functionLogicalId}`);
  };
  for (const action of STREAM_ACTIONS) demand(`dynamodb:${action}`, streamArn);
  const destination = properties.DestinationConfig?.OnFailure?.Destination;
  const onFailure = destination === undefined ? undefined : queues.byArn(destination);
  if (destination !== undefined) {
    if (!onFailure) refuse(`sends failures to ${destination}, which is no queue here`);
    demand('sqs:SendMessage', destination);
  }
  return {
    logicalId,
    functionLogicalId,
    table,
    filter: compileFilters(properties.FilterCriteria),
    batchSize,
    windowSeconds: properties.MaximumBatchingWindowInSeconds ?? 0,
    startingPosition: from,
    onFailure,
    delivery: {
      functionArn: attributeOf(
        {
          logicalId: functionLogicalId,
          type: 'AWS::Lambda::Function',
          property: () => resolver.ref(functionLogicalId),
        },
        'Arn',
      ),
      streamArn,
      bisectOnError: properties.BisectBatchOnFunctionError ?? false,
      reportsItemFailures: properties.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false,
      maximumRetryAttempts: properties.MaximumRetryAttempts ?? -1,
      maximumRecordAgeSeconds: properties.MaximumRecordAgeInSeconds ?? -1,
    },
  };
}

function streamArnOf(table: LocalTable): string {
  return attributeOf(
    { logicalId: table.logicalId, type: 'AWS::DynamoDB::Table', property: () => table.name },
    'StreamArn',
  );
}
