/** Rows as plain values, for a client of DynamoDB: its commands take them and give them, and DynamoDB has its own form of them. */
import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';

/** A stored row: flat, with `expiresAt` (epoch seconds) where it can die. What is in it was checked when it was written. */
export type Row = Record<string, unknown>;

/** A row as DynamoDB has it: in an error, or in a record of a table's stream. */
export function rowOf(image: Record<string, AttributeValue>): Row {
  return unmarshall(image);
}

/** Lets a client's commands take and give plain values. Undefined members of a row are left out. */
export function withPlainRows(client: DynamoDBClient): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const done = await next({ ...args, input: membersOf(args.input, asDynamoHasThem) as never });
      return { ...done, output: membersOf(done.output, asTheyAre) as never };
    },
    { step: 'initialize', priority: 'low', name: 'plainRows' },
  );
}

type OfRow = (row: never) => unknown;

const asDynamoHasThem: OfRow = (row: Row) => marshall(row, { removeUndefinedValues: true });
const asTheyAre: OfRow = rowOf;

/** Members that are rows, and that are lists of rows, of inputs and outputs. */
const rows = new Set([
  'Item',
  'Key',
  'ExpressionAttributeValues',
  'Attributes',
  'ExclusiveStartKey',
  'LastEvaluatedKey',
]);
const listsOfRows = new Set(['Items', 'Keys']);
/** Members that hold further members, or lists of such. */
const holders = new Set([
  'TransactItems',
  'Put',
  'Update',
  'Delete',
  'ConditionCheck',
  'PutRequest',
  'DeleteRequest',
]);
/** Members that hold them by the name of a table, which may be any word. */
const byTable = new Set(['RequestItems', 'UnprocessedKeys', 'UnprocessedItems']);

/** The same members, with each row in the other form. */
export function membersOf(object: object, ofRow: OfRow): object {
  const members: Row = {};
  for (const [name, value] of Object.entries(object)) {
    if (value !== undefined) members[name] = memberOf(name, value, ofRow);
  }
  return members;
}

function memberOf(name: string, value: unknown, ofRow: OfRow): unknown {
  if (rows.has(name)) return ofRow(value as never);
  if (listsOfRows.has(name)) return (value as never[]).map(ofRow);
  if (holders.has(name)) return heldBy(value, ofRow);
  if (byTable.has(name)) return perTable(value, (held) => heldBy(held, ofRow));
  // A read of several tables gives each table's rows right under its name.
  if (name === 'Responses') return perTable(value, (read) => (read as never[]).map(ofRow));
  return value;
}

function heldBy(value: unknown, ofRow: OfRow): unknown {
  return Array.isArray(value) ? value.map((one) => membersOf(one, ofRow)) : membersOf(value as object, ofRow);
}

function perTable(value: unknown, ofTable: (held: unknown) => unknown): unknown {
  return Object.fromEntries(Object.entries(value as Row).map(([table, held]) => [table, ofTable(held)]));
}
