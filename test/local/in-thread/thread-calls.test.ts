import { AttributeType, type ITable, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { callsInThread, type ThreadFacts } from '../../../local/in-thread/thread-calls';
import type { AwsAnswer, AwsRequest, AwsSide } from '../../../local/types';
import { fn, logicalId, started, stopAll, synthesized } from '../aws-side-fixture';

const assembly = synthesized((stack) => {
  const partitionKey = { name: 'pk', type: AttributeType.STRING };
  const things = new Table(stack, 'Things', { tableName: 'Things', partitionKey });
  new Table(stack, 'Others', { tableName: 'Others', partitionKey });
  const told = new Table(stack, 'Told', {
    tableName: 'Told',
    partitionKey,
    stream: StreamViewType.NEW_IMAGE,
  });
  fn(stack, 'Reader').addEventSource(
    new DynamoEventSource(told as ITable, { startingPosition: StartingPosition.LATEST }),
  );
  const writer = fn(stack, 'Writer');
  things.grantReadWriteData(writer);
  told.grantReadWriteData(writer);
});

let side: AwsSide & { logged: string[] };
let writer: string;
let here: (request: AwsRequest) => Promise<AwsAnswer> | undefined;

beforeAll(async () => {
  side = await started(assembly);
  writer = logicalId(assembly, 'AWS::Lambda::Function', 'Writer');
  const { facts, hear } = side.callsOf(writer).inThread!;
  here = callsInThread(facts as ThreadFacts, hear);
});
afterAll(stopAll);
beforeEach(() => {
  side.meter.reset();
  side.meter.enabled = true;
  side.disturb = undefined;
});

/** A call as the SDK of a function signs it. */
function request(
  operation: string,
  input: unknown,
  { accessKey = side.environmentFor(writer).AWS_ACCESS_KEY_ID!, service = 'dynamodb' } = {},
): AwsRequest {
  return {
    connection: 'used',
    method: 'POST',
    path: '/',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKey}/20260101/us-east-1/${service}/aws4_request, …`,
      'x-amz-target': `DynamoDB_20120810.${operation}`,
    },
    body: Buffer.from(JSON.stringify(input)),
  };
}

const put = (TableName: string, pk = 'a') => request('PutItem', { TableName, Item: { pk: { S: pk } } });
const withoutId = (answer: AwsAnswer) =>
  typeof answer === 'string'
    ? answer
    : { ...answer, headers: { ...answer.headers, 'x-amzn-requestid': 'one' } };

test.each([
  ['a write', () => put('Things'), 200],
  ['a read', () => request('GetItem', { TableName: 'Things', Key: { pk: { S: 'a' } } }), 200],
  ['a write that no policy allows', () => put('Others'), 400],
  [
    'a write whose condition fails',
    () =>
      request('PutItem', {
        TableName: 'Things',
        Item: { pk: { S: 'a' } },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    400,
  ],
  ['an operation that is not known', () => request('ListTables', {}), 400],
])('%s in a thread is answered, metered and logged as by the host', async (_, make, status) => {
  const seen = async (answer: Promise<AwsAnswer> | undefined) => {
    side.meter.reset();
    side.logged.length = 0;
    const answered = withoutId((await answer)!);
    return {
      answered,
      logged: [...side.logged],
      metered: side.meter.calls.map(({ startedAt, endedAt, ...call }) => call),
    };
  };
  await side.callsOf(writer).answer(put('Things'));
  const byHost = await seen(side.callsOf(writer).answer(make()));
  const inThread = await seen(here(make()));
  expect(inThread).toEqual(byHost);
  expect(inThread.answered).toMatchObject({ status });
});

test("times of a thread's calls are on the host's clock", async () => {
  const before = performance.now();
  await here(put('Things'));
  const after = performance.now();
  const [call] = side.meter.calls;
  // Clocks of threads are compared by way of the time of day, which is exact to parts of a millisecond.
  expect(call!.startedAt).toBeGreaterThan(before - 1);
  expect(call!.endedAt).toBeLessThan(after + 1);
  expect(call!.endedAt).toBeGreaterThan(call!.startedAt);
});

test('a meter that is off hears nothing of a thread', async () => {
  side.meter.enabled = false;
  await here(put('Things'));
  expect(side.meter.calls).toEqual([]);
});

test('calls of tables are left to the host while somebody disturbs them', async () => {
  side.disturb = () => undefined;
  expect(here(put('Things'))).toBeUndefined();
  side.disturb = undefined;
  expect(await here(put('Things'))).toMatchObject({ status: 200 });
});

test('writes of a table whose stream is read are left to the host, and its reads are not', async () => {
  const transaction = { TransactItems: [{ Put: { TableName: 'Told', Item: { pk: { S: 'a' } } } }] };
  expect(here(put('Told'))).toBeUndefined();
  expect(here(request('TransactWriteItems', transaction))).toBeUndefined();
  const read = here(request('GetItem', { TableName: 'Told', Key: { pk: { S: 'a' } } }));
  expect(await read).toMatchObject({ status: 200 });
});

test.each([
  ['another service', { service: 'secretsmanager' }],
  ['a key of another function', { accessKey: 'LOCALOTHER' }],
])('a call with %s is left to the host', (_, credential) => {
  expect(here(request('PutItem', {}, credential))).toBeUndefined();
});

test('an engine that a user names is reached by the host alone', async () => {
  process.env.AWS_ENDPOINT_URL_DYNAMODB = side.dynamodbUrl;
  try {
    const other = await started(assembly);
    expect(other.callsOf(writer).inThread).toBeUndefined();
  } finally {
    delete process.env.AWS_ENDPOINT_URL_DYNAMODB;
  }
});
