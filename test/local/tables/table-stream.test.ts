import { AttributeType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { engineClient } from '../../../local/tables/engine-client';
import { deleteExpired } from '../../../local/tables/expiry';
import { streamedEngine, TIME_TO_LIVE } from '../../../local/tables/streamed-engine';
import { type StreamRecord, TableStream, tableStreams } from '../../../local/tables/table-stream';
import { createTables } from '../../../local/tables/tables';
import { started, stopAll, synthesized, temporaryDirectory } from '../aws-side-fixture';

const assembly = synthesized((stack) => {
  const partitionKey = { name: 'pk', type: AttributeType.STRING };
  const stream = StreamViewType.NEW_AND_OLD_IMAGES;
  new Table(stack, 'Told', { tableName: 'Told', partitionKey, stream, timeToLiveAttribute: 'ttl' });
  new Table(stack, 'Silent', { tableName: 'Silent', partitionKey });
});
afterEach(stopAll);

const DYNAMODB = 'DynamoDB_20120810';
const item = (pk: string, n = 1) => ({ pk: { S: pk }, n: { N: String(n) } });

/** A reader of the stream, and what writes as functions do. */
async function streamed() {
  const side = await started(assembly);
  const engine = engineClient(side.dynamodbUrl, true);
  const tables = await createTables(side.resolver, engine);
  const streams = tableStreams(tables);
  const reader = streams.get('Told')!.reader(() => {});
  const clientFor = streamedEngine(engine, tables, streams);
  const told = () =>
    reader.read(100).map(({ eventName, dynamodb: { Keys, OldImage, NewImage } }) => {
      const image = (of?: StreamRecord['dynamodb']['NewImage']) => of?.n?.N ?? '-';
      return `${eventName} ${Keys.pk?.S} ${image(OldImage)} ${image(NewImage)}`;
    });
  const client = clientFor();
  const write = (operation: string, input: object) => client.call(`${DYNAMODB}.${operation}`, input);
  return { side, engine, tables, reader, clientFor, told, write };
}

const TableName = 'Told';

test('each write is told with the item before and after it, once it is done', async () => {
  const { told, write } = await streamed();
  await write('PutItem', { TableName, Item: item('a') });
  await write('PutItem', { TableName, Item: item('a', 2) });
  await write('UpdateItem', {
    TableName,
    Key: { pk: { S: 'a' } },
    UpdateExpression: 'SET n = :n',
    ExpressionAttributeValues: { ':n': { N: '3' } },
  });
  await write('DeleteItem', { TableName, Key: { pk: { S: 'a' } } });
  expect(told()).toEqual(['INSERT a - 1', 'MODIFY a 1 2', 'MODIFY a 2 3', 'REMOVE a 3 -']);
});

test('each item of a batch and of a transaction is told, and no item of another table', async () => {
  const { told, write } = await streamed();
  await write('BatchWriteItem', {
    RequestItems: {
      Told: [{ PutRequest: { Item: item('a') } }, { PutRequest: { Item: item('b') } }],
      Silent: [{ PutRequest: { Item: item('c') } }],
    },
  });
  await write('TransactWriteItems', {
    TransactItems: [
      { Put: { TableName, Item: item('d') } },
      { Delete: { TableName, Key: { pk: { S: 'a' } } } },
      { Put: { TableName: 'Silent', Item: item('e') } },
    ],
  });
  expect(told()).toEqual(['INSERT a - 1', 'INSERT b - 1', 'INSERT d - 1', 'REMOVE a 1 -']);
});

test('a write that failed or changed nothing is not told', async () => {
  const { told, write } = await streamed();
  await write('PutItem', { TableName, Item: item('a') });
  told();
  const absent = { ConditionExpression: 'attribute_not_exists(pk)' };
  await write('PutItem', { TableName, Item: item('a') });
  await write('DeleteItem', { TableName, Key: { pk: { S: 'nobody' } } });
  await expect(write('PutItem', { TableName, Item: item('a', 9), ...absent })).rejects.toThrow();
  const TransactItems = [
    { Put: { TableName, Item: item('b') } },
    { Put: { TableName, Item: item('a', 9), ...absent } },
  ];
  await expect(write('TransactWriteItems', { TransactItems })).rejects.toThrow();
  expect(told()).toEqual([]);
});

test('what the caller asked for is answered, and no more', async () => {
  const { write } = await streamed();
  const put = (n: number, more: object) => write('PutItem', { TableName, Item: item('a', n), ...more });
  expect(await put(1, {})).toEqual({});
  expect(await put(2, {})).toEqual({});
  expect(await put(3, { ReturnValues: 'ALL_OLD' })).toEqual({ Attributes: item('a', 2) });
});

test('writes of one item that overlap are told in the order in which they were done', async () => {
  const { told, write } = await streamed();
  const add = {
    TableName,
    Key: { pk: { S: 'a' } },
    UpdateExpression: 'ADD n :one',
    ExpressionAttributeValues: { ':one': { N: '1' } },
  };
  await Promise.all(Array.from({ length: 40 }, () => write('UpdateItem', add)));
  expect(told()).toEqual(
    Array.from({ length: 40 }, (_, n) => (n === 0 ? 'INSERT a - 1' : `MODIFY a ${n} ${n + 1}`)),
  );
});

test('a row whose time is over leaves with a record that names who deleted it', async () => {
  const { reader, clientFor, tables, write } = await streamed();
  await write('PutItem', { TableName, Item: { ...item('a'), ttl: { N: '1' } } });
  reader.read(1);
  await deleteExpired(clientFor(TIME_TO_LIVE), tables, 1_800_000_000_000);
  expect(reader.read(9)).toMatchObject([
    {
      eventName: 'REMOVE',
      userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
      dynamodb: { Keys: { pk: { S: 'a' } }, OldImage: { n: { N: '1' } } },
    },
  ]);
});

test('the engine keeps no stream, of tables that it had with one neither', async () => {
  const dbFile = `${temporaryDirectory()}/tables.db`;
  const streamsOf = async () => {
    const side = await started(assembly, { dbFile });
    const engine = engineClient(side.dynamodbUrl, true);
    const described = await engine.call(`${DYNAMODB}.DescribeTable`, { TableName });
    const { Streams } = await engine.call('DynamoDBStreams_20120810.ListStreams', {});
    return { engine, found: [described.Table.StreamSpecification, Streams] };
  };
  const { engine, found } = await streamsOf();
  expect(found).toEqual([undefined, []]);
  await engine.call(`${DYNAMODB}.UpdateTable`, {
    TableName,
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
  });
  await engine.call(`${DYNAMODB}.PutItem`, { TableName, Item: item('a') });
  engine.close();
  await stopAll();
  const again = await streamsOf();
  expect(again.found).toEqual([undefined, []]);
  again.engine.close();
});

const change = (pk: string) => ({ keys: { pk: { S: pk } }, before: undefined, after: item(pk) });

test('20,000 records that were read leave nothing behind', () => {
  const stream = new TableStream('NEW_IMAGE');
  const lost: number[] = [];
  // Each has some fifteen bytes.
  const reader = stream.reader((count) => lost.push(count), 4_000);
  const read: string[] = [];
  for (let n = 0; n < 20_000; n++) {
    stream.append(change(`p${n}`));
    if (n % 100 === 99) read.push(...reader.read(1_000).map(({ dynamodb }) => dynamodb.SequenceNumber));
  }
  expect(lost).toEqual([]);
  expect(read).toHaveLength(20_000);
  expect(read).toEqual([...read].sort());
  expect(reader.read(1)).toEqual([]);
});

test('a reader that reads nothing loses the oldest records, and is told how many', () => {
  const stream = new TableStream('NEW_IMAGE');
  let lost = 0;
  const reader = stream.reader((count) => {
    lost += count;
  }, 1_000);
  for (let n = 0; n < 1_000; n++) stream.append(change(`p${n}`));
  const left = reader.read(1_000).map(({ dynamodb }) => dynamodb.Keys.pk?.S);
  expect(left.at(-1)).toBe('p999');
  expect(left.length).toBeLessThan(100);
  expect(lost + left.length).toBe(1_000);
});

test('records of a stream of keys hold no image', () => {
  const stream = new TableStream('KEYS_ONLY');
  const reader = stream.reader(() => {});
  stream.append(change('a'));
  expect(reader.read(1)[0]?.dynamodb).not.toHaveProperty('NewImage');
});
