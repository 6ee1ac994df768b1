import { createServer, type Server } from 'node:http';
import { BatchGetCommand, GetCommand } from '../../../lambdas/aws/dynamo/commands';
import { dynamoClient } from '../../../lambdas/aws/dynamo/dynamo';
import { membersOf } from '../../../lambdas/aws/dynamo/plain-rows';

/** A row in its other form, for what the SDK's own functions make of it. */
const row = { id: 'x' };
const changed = { changed: row };
const change = (given: unknown) => ({ changed: given });

test.each([
  ['a row', { Item: row, TableName: 'T' }, { Item: changed, TableName: 'T' }],
  [
    'a key and values',
    { Key: row, ExpressionAttributeValues: row },
    { Key: changed, ExpressionAttributeValues: changed },
  ],
  ['what an update left', { Attributes: row }, { Attributes: changed }],
  [
    'a place in a query, and a page',
    { ExclusiveStartKey: row, Limit: 1 },
    { ExclusiveStartKey: changed, Limit: 1 },
  ],
  [
    'a page and its end',
    { Items: [row], LastEvaluatedKey: row },
    { Items: [changed], LastEvaluatedKey: changed },
  ],
  [
    'keys of tables, one of which is called Key',
    { RequestItems: { Key: { Keys: [row], ConsistentRead: true } } },
    { RequestItems: { Key: { Keys: [changed], ConsistentRead: true } } },
  ],
  [
    'keys that were left over',
    { UnprocessedKeys: { T: { Keys: [row] } } },
    { UnprocessedKeys: { T: { Keys: [changed] } } },
  ],
  [
    'writes',
    { RequestItems: { T: [{ PutRequest: { Item: row } }, { DeleteRequest: { Key: row } }] } },
    { RequestItems: { T: [{ PutRequest: { Item: changed } }, { DeleteRequest: { Key: changed } }] } },
  ],
  [
    'writes that were left over',
    { UnprocessedItems: { T: [{ DeleteRequest: { Key: row } }] } },
    { UnprocessedItems: { T: [{ DeleteRequest: { Key: changed } }] } },
  ],
  [
    'a transaction',
    { TransactItems: [{ Put: { Item: row } }, { Update: { Key: row, ExpressionAttributeValues: row } }] },
    {
      TransactItems: [
        { Put: { Item: changed } },
        { Update: { Key: changed, ExpressionAttributeValues: changed } },
      ],
    },
  ],
  ['rows by table', { Responses: { Item: [row], T: [] } }, { Responses: { Item: [changed], T: [] } }],
  [
    'names, which are no rows',
    { ExpressionAttributeNames: { '#k': 'Key' } },
    { ExpressionAttributeNames: { '#k': 'Key' } },
  ],
  ['nothing that is undefined', { ConditionExpression: undefined }, {}],
])('of %s the rows alone are changed', (_, given, expected) => {
  expect(membersOf(given, change)).toEqual(expected);
});

describe('the client of a function', () => {
  let server: Server;
  const before = { ...process.env };

  beforeAll(async () => {
    // Gives back whatever key it is asked for, the last asked first.
    const held: Array<() => void> = [];
    server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const { Key, RequestItems } = JSON.parse(body);
      const answer = Key ? { Item: Key } : { Responses: { T: RequestItems.T.Keys } };
      held.push(() => response.end(JSON.stringify(answer)));
      if (held.length === 20) for (const go of held.splice(0).reverse()) go();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
    Object.assign(process.env, keys, {
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    });
  });
  afterAll(() => {
    process.env = before;
    server.closeAllConnections();
    server.close();
  });

  test('commands of one kind that are under way together each get their own answer', async () => {
    const client = dynamoClient();
    const read = async (n: number) =>
      (await client.send(new GetCommand({ TableName: 'T', Key: { n } }))).Item?.n;
    const readTwo = async (n: number) =>
      (await client.send(new BatchGetCommand({ RequestItems: { T: { Keys: [{ n }, { n: -n }] } } })))
        .Responses?.T;
    for (const start of [0, 100]) {
      const places = Array.from({ length: 10 }, (_, n) => start + n);
      const [ones, twos] = await Promise.all([
        Promise.all(places.map(read)),
        Promise.all(places.map(readTwo)),
      ]);
      expect(ones).toEqual(places);
      expect(twos).toEqual(places.map((n) => [{ n }, { n: n === 0 ? 0 : -n }]));
    }
  });
});
