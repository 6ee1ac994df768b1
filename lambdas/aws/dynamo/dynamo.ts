/**
 * The DynamoDB client and the few words that every table adapter shares. Rows are plain values: the document client
 * writes and reads them as DynamoDB has them.
 */
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import type { BatchGetCommandInput, BatchGetCommandOutput, QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { againstDeadConnections, connections, type Patience } from '../sdk/connections';
import { lean } from '../sdk/lean';
import { BatchGetCommand, BatchWriteCommand, type PlainCommand, QueryCommand } from './commands';
import { type Row, rowOf, withPlainRows } from './plain-rows';

export type { Row } from './plain-rows';

/** What adapters call. Undefined members of a row and undefined values of an expression are left out. */
export interface DynamoClient {
  send<Output>(command: PlainCommand<object, Output>): Promise<Output>;
}

/** Makes a client of DynamoDB's own one that adapters call. To be called once for a client. */
export function plainClient(client: DynamoDBClient): DynamoClient {
  withPlainRows(client);
  return client as unknown as DynamoClient;
}

/** A client of a function: four attempts, each within its patience. */
export function dynamoClient(patience?: Patience): DynamoClient {
  const client = new DynamoDBClient({
    maxAttempts: 4,
    requestHandler: connections(patience),
    // The way of a command through the client is made once for each kind.
    cacheMiddleware: true,
  });
  client.middlewareStack.add(noteConflicts, { step: 'deserialize', priority: 'high', name: 'noteConflicts' });
  return plainClient(lean(againstDeadConnections(client)));
}

/**
 * Makes a conflict one of the errors that the SDK tries again after a pause: DynamoDB refuses a single write, too, that
 * meets a transaction on its row, and has changed nothing then. The SDK by itself takes that for the caller's fault.
 */
function noteConflicts<Args, Answer>(next: (args: Args) => Promise<Answer>) {
  return async (args: Args): Promise<Answer> => {
    try {
      return await next(args);
    } catch (error) {
      if (error instanceof TransactionConflictException) error.$retryable = {};
      throw error;
    }
  };
}

let shared: DynamoClient | undefined;

/** The client of this function instance. */
export function sharedDynamo(): DynamoClient {
  shared ??= dynamoClient();
  return shared;
}

/** Epoch seconds, as TTL wants them; rounded up so that no row dies early. */
export function seconds(ms: number): number {
  return Math.ceil(ms / 1000);
}

/** Whether a row is still alive: DynamoDB may take two days to delete an expired one. */
export function isLive(row: Row | undefined, nowMs: number): row is Row {
  return row !== undefined && (row.expiresAt === undefined || Number(row.expiresAt) * 1000 > nowMs);
}

/** Runs a conditional write; a failed condition is an outcome, not an error. Gives the row that stood in the way. */
export async function conditionally(write: Promise<unknown>): Promise<'done' | { standing?: Row }> {
  try {
    await write;
    return 'done';
  } catch (error) {
    // The row in an error is still as DynamoDB has it.
    if (error instanceof ConditionalCheckFailedException)
      return error.Item ? { standing: rowOf(error.Item) } : {};
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
export async function* rowsOf(client: DynamoClient, query: QueryCommandInput): AsyncGenerator<Row[]> {
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
export async function deleteRows(client: DynamoClient, tableName: string, keyNames: string[], rows: Row[]) {
  const requests = rows.map((row) => ({
    DeleteRequest: { Key: Object.fromEntries(keyNames.map((name) => [name, row[name]])) },
  }));
  for (let at = 0; at < requests.length; at += batchSize) {
    let left = requests.slice(at, at + batchSize);
    for (let tries = 1; left.length > 0; tries++) {
      if (tries > conflictTries) throw new Error('DynamoDB left deletions over after every try.');
      if (tries > 1) await pause(tries);
      const { UnprocessedItems } = await client.send(
        new BatchWriteCommand({ RequestItems: { [tableName]: left } }),
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
  client: Pick<DynamoClient, 'send'>,
  wanted: NonNullable<BatchGetCommandInput['RequestItems']>,
): Promise<Record<string, Row[]>> {
  const rows: Record<string, Row[]> = {};
  let RequestItems: BatchGetCommandInput['RequestItems'] = wanted;
  for (let tries = 1; tries <= readTries; tries++) {
    const answer: BatchGetCommandOutput = await client.send(new BatchGetCommand({ RequestItems }));
    const { Responses, UnprocessedKeys } = answer;
    for (const [table, found] of Object.entries(Responses ?? {}))
      rows[table] = [...(rows[table] ?? []), ...found];
    if (Object.keys(UnprocessedKeys ?? {}).length === 0) return rows;
    RequestItems = UnprocessedKeys;
    await pause(tries);
  }
  throw new Error('DynamoDB held rows back.');
}
