/** The tables of a server, on this machine or in AWS, as rows that come and go. */
import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  PutItemCommand,
  paginateListTables,
  paginateScan,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import type { Item } from './row-file';

/** Where tables are, and how the template's name of each leads to it. */
export interface Tables {
  client: DynamoDBClient;
  /** Logical id → name. */
  names: ReadonlyMap<string, string>;
}

/** A client of an engine on this machine. */
export function engineOf(url: string): DynamoDBClient {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return new DynamoDBClient({ endpoint: url, region: 'us-east-1', credentials });
}

/** Every table of an engine; there they are named as in the template. */
export async function tablesOfEngine(client: DynamoDBClient): Promise<Tables> {
  const names: string[] = [];
  for await (const { TableNames = [] } of paginateListTables({ client }, {})) names.push(...TableNames);
  return { client, names: new Map(names.map((name) => [name, name])) };
}

/** Every row of a table, each as it was when it was read. */
export async function* rowsOf({ client, names }: Tables, logicalId: string): AsyncGenerator<Item> {
  const TableName = names.get(logicalId);
  for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true }))
    yield* Items;
}

/** Writes a row unless one with its key is there. */
export async function putNew(
  { client, names }: Tables,
  logicalId: string,
  item: Item,
  key: string,
): Promise<'written' | 'there'> {
  const put = new PutItemCommand({
    TableName: names.get(logicalId),
    Item: item as never,
    ConditionExpression: 'attribute_not_exists(#key)',
    ExpressionAttributeNames: { '#key': key },
  });
  try {
    await client.send(put);
    return 'written';
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return 'there';
    throw error;
  }
}

/** A table's keys, indexes, stream and time to live, so that it can be made again. */
export interface Definition {
  create: CreateTableCommandInput;
  ttlAttribute?: string | undefined;
}

/** Reads what a table is. */
export async function definitionOf({ client, names }: Tables, logicalId: string): Promise<Definition> {
  const TableName = names.get(logicalId);
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  const { TimeToLiveDescription: ttl } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
  const { KeySchema, AttributeDefinitions, StreamSpecification } = Table!;
  const indexes = Table!.GlobalSecondaryIndexes?.map(({ IndexName, KeySchema, Projection }) => ({
    IndexName,
    KeySchema,
    Projection,
  }));
  return {
    create: {
      TableName: logicalId,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema,
      AttributeDefinitions,
      ...(StreamSpecification?.StreamEnabled && { StreamSpecification }),
      ...(indexes?.length && { GlobalSecondaryIndexes: indexes }),
    },
    ttlAttribute: ttl?.TimeToLiveStatus === 'ENABLED' ? ttl.AttributeName : undefined,
  };
}

/** Makes a table. */
export async function define({ client }: Tables, { create, ttlAttribute }: Definition): Promise<void> {
  await client.send(new CreateTableCommand(create));
  if (ttlAttribute === undefined) return;
  const ttl = { Enabled: true, AttributeName: ttlAttribute };
  await client.send(
    new UpdateTimeToLiveCommand({ TableName: create.TableName, TimeToLiveSpecification: ttl }),
  );
}
