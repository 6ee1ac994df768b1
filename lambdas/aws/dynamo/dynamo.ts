/** The DynamoDB client and the few words that every table adapter shares. */
import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  type BatchGetItemCommandOutput,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  QueryCommand,
  type QueryCommandInput,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';

/** A stored row: flat, with `expiresAt` (epoch seconds) where it can die. */
export type Row = Record<string, AttributeValue>;

/** One client per function instance; `overrides` are for tests. */
export function dynamoClient(
  overrides: ConstructorParameters<typeof DynamoDBClient>[0] = {},
): DynamoDBClient {
  return new DynamoDBClient({ maxAttempts: 4, ...overrides });
}

let shared: DynamoDBClient | undefined;

/** The client of this function instance. */
export function sharedDynamo(): DynamoDBClient {
  shared ??= dynamoClient();
  return shared;
}

/** Plain values as DynamoDB writes them; undefined members are left out. */
export function toRow(values: Record<string, unknown>): Row {
  return marshall(values, { removeUndefinedValues: true });
}

/** A row as plain values. */
export function fromRow(row: Row): Record<string, unknown> {
  return unmarshall(row);
}

/** Epoch seconds, as TTL wants them; rounded up so that no row dies early. */
export function seconds(ms: number): number {
  return Math.ceil(ms / 1000);
}

/** Whether a row is still alive: DynamoDB may take two days to delete an expired one. */
export function isLive(row: Row | undefined, nowMs: number): row is Row {
  return row !== undefined && (row.expiresAt?.N === undefined || Number(row.expiresAt.N) * 1000 > nowMs);
}

/** Runs a conditional write; a failed condition is an outcome, not an error. Gives the row that stood in the way. */
export async function conditionally(write: Promise<unknown>): Promise<'done' | { standing?: Row }> {
  try {
    await write;
    return 'done';
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return error.Item ? { standing: error.Item } : {};
    throw error;
  }
}

const conflictTries = 5;

/** Runs a transaction; `refused` when a condition failed. A conflict with another transaction is tried again. */
export async function transact(write: () => Promise<unknown>): Promise<'done' | 'refused'> {
  for (let tries = 1; ; tries++) {
    try {
      await write();
      return 'done';
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const codes = error.CancellationReasons?.map((reason) => reason.Code) ?? [];
      if (codes.includes('ConditionalCheckFailed')) return 'refused';
      if (!codes.includes('TransactionConflict') || tries === conflictTries) throw error;
      await pause(tries);
    }
  }
}

/** Every page of a query, one after the other. */
export async function* rowsOf(client: DynamoDBClient, query: QueryCommandInput): AsyncGenerator<Row[]> {
  let ExclusiveStartKey: Row | undefined;
  do {
    const page = await client.send(
      new QueryCommand({ ...query, ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}) }),
    );
    yield page.Items ?? [];
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
}

/** BatchWriteItem takes this many. */
const batchSize = 25;

/** Deletes rows by their keys, in batches. What DynamoDB leaves over is tried again; throws when it stays. */
export async function deleteRows(client: DynamoDBClient, tableName: string, keyNames: string[], rows: Row[]) {
  const requests = rows.map((row) => ({
    DeleteRequest: { Key: Object.fromEntries(keyNames.map((name) => [name, row[name]!])) },
  }));
  for (let at = 0; at < requests.length; at += batchSize) {
    let left = requests.slice(at, at + batchSize);
    for (let tries = 1; left.length > 0; tries++) {
      if (tries > conflictTries) throw new Error('DynamoDB left deletions over after every try.');
      if (tries > 1) await pause(tries);
      const { UnprocessedItems } = await client.send(
        new BatchWriteItemCommand({ RequestItems: { [tableName]: left } }),
      );
      left = (UnprocessedItems?.[tableName] ?? []) as typeof left;
    }
  }
}

/** Grows with the tries, and differs between those who collided. */
function pause(tries: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * 2 ** tries));
}

const readTries = 4;

/**
 * Reads rows of several tables in one round trip, by table. A throttled table gives a 200 with its keys left over: they
 * are asked for again, and then it throws, since a row that is held back must not read as one that is not there.
 */
export async function readTogether(
  client: Pick<DynamoDBClient, 'send'>,
  wanted: NonNullable<BatchGetItemCommandInput['RequestItems']>,
): Promise<Record<string, Row[]>> {
  const rows: Record<string, Row[]> = {};
  let RequestItems: BatchGetItemCommandInput['RequestItems'] = wanted;
  for (let tries = 1; tries <= readTries; tries++) {
    const answer: BatchGetItemCommandOutput = await client.send(new BatchGetItemCommand({ RequestItems }));
    const { Responses, UnprocessedKeys } = answer;
    for (const [table, found] of Object.entries(Responses ?? {}))
      rows[table] = [...(rows[table] ?? []), ...found];
    if (Object.keys(UnprocessedKeys ?? {}).length === 0) return rows;
    RequestItems = UnprocessedKeys;
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * 2 ** tries));
  }
  throw new Error('DynamoDB held rows back.');
}
