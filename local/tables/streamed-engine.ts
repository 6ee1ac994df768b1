/**
 * The engine, with each write of a table told to the table's stream once it is done. Writes of one item take turns, so
 * that its records come in the order of its writes.
 */
import type { JsonInput } from '../types';
import { DYNAMODB, type EngineAnswer, type EngineClient, withCalls } from './engine-client';
import type { Item, TableStream } from './table-stream';
import type { LocalTable } from './tables';

/** As DynamoDB names itself where it deletes a row whose time is over. */
export const TIME_TO_LIVE = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };

/** What is written, by operation. */
const WRITTEN = new Map<string, (input: JsonInput) => Array<{ TableName: string; item: Item }>>([
  ['PutItem', ({ TableName, Item }) => [{ TableName, item: Item }]],
  ['UpdateItem', ({ TableName, Key }) => [{ TableName, item: Key }]],
  ['DeleteItem', ({ TableName, Key }) => [{ TableName, item: Key }]],
  [
    'BatchWriteItem',
    ({ RequestItems }) =>
      Object.entries<JsonInput[]>(RequestItems ?? {}).flatMap(([TableName, writes]) =>
        writes.map((write) => ({ TableName, item: write.PutRequest?.Item ?? write.DeleteRequest?.Key })),
      ),
  ],
  [
    'TransactWriteItems',
    ({ TransactItems }) =>
      ((TransactItems ?? []) as JsonInput[])
        .map(({ Put, Update, Delete }) => Put ?? Update ?? Delete)
        .filter((part) => part !== undefined)
        .map((part) => ({ TableName: part.TableName, item: part.Item ?? part.Key })),
  ],
]);

/** Whether a request may write one of these tables; one that only names it in passing counts too. */
export function mayWrite(tableNames: readonly string[], operation: string, body: string | Buffer): boolean {
  return WRITTEN.has(operation) && tableNames.some((name) => body.includes(name));
}

interface Target {
  stream: TableStream;
  TableName: string;
  Key: Item;
}

/** Makes clients of an engine that tell `streams`, by table, of what passes them; their writes take turns with each other. */
export function streamedEngine(
  engine: EngineClient,
  tables: LocalTable[],
  streams: ReadonlyMap<string, TableStream>,
): (userIdentity?: typeof TIME_TO_LIVE) => EngineClient {
  const keyAttributes = new Map(tables.map((table) => [table.name, table.keyAttributes]));
  const turns = new Turns();

  function targetsOf(operation: string, input: JsonInput): Target[] {
    return WRITTEN.get(operation)!(input).flatMap(({ TableName: given, item }) => {
      const TableName = String(given ?? '').replace(/^arn:.*:table\//, '');
      const stream = streams.get(TableName);
      const attributes = keyAttributes.get(TableName);
      // What has no key the engine refuses.
      if (!stream?.isRead || !attributes?.every((name) => item?.[name])) return [];
      return [{ stream, TableName, Key: Object.fromEntries(attributes.map((name) => [name, item[name]!])) }];
    });
  }

  const stored = async ({ TableName, Key }: Target): Promise<Item | undefined> =>
    (await engine.call(`${DYNAMODB}.GetItem`, { TableName, Key, ConsistentRead: true })).Item;

  return (userIdentity) => {
    const written = async (targets: Target[], send: () => Promise<EngineAnswer>): Promise<EngineAnswer> => {
      const before = await Promise.all(targets.map(stored));
      const answer = await send();
      if (answer.status !== 200) return answer;
      const after = await Promise.all(targets.map(stored));
      for (const [n, { stream, Key }] of targets.entries())
        stream.append({ keys: Key, before: before[n], after: after[n], userIdentity });
      return answer;
    };

    /** A put tells itself whether it replaced anything: for a new item no read is needed. */
    const put = async (target: Target, input: JsonInput): Promise<EngineAnswer> => {
      const { status, body } = await engine.send(
        `${DYNAMODB}.PutItem`,
        JSON.stringify({ ...input, ReturnValues: 'ALL_OLD' }),
      );
      if (status !== 200) return { status, body };
      const { Attributes: before, ...answer } = JSON.parse(body);
      const after = before ? await stored(target) : input.Item;
      target.stream.append({ keys: target.Key, before, after, userIdentity });
      return { status, body: input.ReturnValues === 'ALL_OLD' ? body : JSON.stringify(answer) };
    };

    const send = async (target: string, body: string): Promise<EngineAnswer> => {
      const operation = target.slice(target.lastIndexOf('.') + 1);
      const read = [...streams].filter(([, stream]) => stream.isRead).map(([name]) => name);
      if (!mayWrite(read, operation, body)) return engine.send(target, body);
      const input: JsonInput = JSON.parse(body);
      const targets = targetsOf(operation, input);
      if (targets.length === 0) return engine.send(target, body);
      return turns.take(
        targets.map(({ TableName, Key }) => JSON.stringify([TableName, Key])),
        () =>
          operation === 'PutItem'
            ? put(targets[0]!, input)
            : written(targets, () => engine.send(target, body)),
      );
    };
    return withCalls({ ...engine, send });
  };
}

/** Work on the same keys is done one after the other. */
class Turns {
  readonly #last = new Map<string, Promise<void>>();

  take<T>(keys: string[], work: () => Promise<T>): Promise<T> {
    const done = Promise.all(keys.map((key) => this.#last.get(key))).then(work);
    const forget = (): void => this.#forget(keys, over);
    const over: Promise<void> = done.then(forget, forget);
    for (const key of keys) this.#last.set(key, over);
    return done;
  }

  #forget(keys: string[], over: Promise<void>): void {
    for (const key of keys) if (this.#last.get(key) === over) this.#last.delete(key);
  }
}
