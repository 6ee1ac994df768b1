import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type Attribute, AttributeType, BillingMode, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { AwsSide } from '../../../local/types';
import { clientsOf, fn, logicalId, started, stopAll, synthesized } from '../aws-side-fixture';

const text = (name: string): Attribute => ({ name, type: AttributeType.STRING });

const assembly = synthesized((stack) => {
  const things = new Table(stack, 'Things', {
    tableName: 'Things',
    partitionKey: text('pk'),
    billingMode: BillingMode.PAY_PER_REQUEST,
    timeToLiveAttribute: 'ttl',
    stream: StreamViewType.NEW_IMAGE,
  });
  things.addGlobalSecondaryIndex({ indexName: 'byOwner', partitionKey: text('owner') });
  const notes = new Table(stack, 'Notes', { tableName: 'Notes', partitionKey: text('pk') });
  const writer = fn(stack, 'Writer');
  things.grantReadWriteData(writer);
  notes.grantReadWriteData(writer);
  const reader = fn(stack, 'Reader');
  reader.addToRolePolicy(new PolicyStatement({ actions: ['dynamodb:Get*'], resources: [things.tableArn] }));
  const denied = fn(stack, 'Denied');
  notes.grant(denied, 'dynamodb:*');
  things.grant(denied, 'dynamodb:UpdateItem');
  denied.addToRolePolicy(
    new PolicyStatement({ effect: 'Deny' as never, actions: ['dynamodb:DeleteItem'], resources: ['*'] }),
  );
});

let side: AwsSide;
const client = (prefix: string): DynamoDBClient =>
  clientsOf(side, logicalId(assembly, 'AWS::Lambda::Function', prefix)).dynamodb;
const s = (value: string) => ({ S: value });

beforeAll(async () => {
  side = await started(assembly);
});
afterAll(stopAll);
beforeEach(() => {
  side.meter.reset();
  side.disturb = undefined;
});

describe('permissions', () => {
  test('a call that the role allows is carried out', async () => {
    await client('Writer').send(new PutItemCommand({ TableName: 'Things', Item: { pk: s('p1') } }));
    const read = await client('Reader').send(
      new GetItemCommand({ TableName: 'Things', Key: { pk: s('p1') } }),
    );
    expect(read.Item).toEqual({ pk: s('p1') });
  });

  test('a call that no policy allows gets AccessDeniedException with the words of AWS', async () => {
    const put = client('Reader').send(new PutItemCommand({ TableName: 'Things', Item: { pk: s('p1') } }));
    await expect(put).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringMatching(
        /^User: arn:aws:sts::000000000000:assumed-role\/Reader\S+ is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:us-east-1:000000000000:table\/Things /,
      ),
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('an explicit Deny wins over an Allow', async () => {
    const remove = client('Denied').send(
      new BatchWriteItemCommand({ RequestItems: { Notes: [{ DeleteRequest: { Key: { pk: s('n') } } }] } }),
    );
    await expect(remove).resolves.toBeDefined();
    const transaction = client('Denied').send(
      new TransactWriteItemsCommand({
        TransactItems: [{ Delete: { TableName: 'Notes', Key: { pk: s('n') } } }],
      }),
    );
    await expect(transaction).rejects.toThrow('dynamodb:DeleteItem on resource');
  });

  test('each item of a transaction needs its own permission', async () => {
    const transaction = client('Denied').send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { Put: { TableName: 'Notes', Item: { pk: s('t') } } },
          {
            ConditionCheck: {
              TableName: 'Things',
              Key: { pk: s('t') },
              ConditionExpression: 'attribute_exists(pk)',
            },
          },
        ],
      }),
    );
    await expect(transaction).rejects.toThrow('dynamodb:ConditionCheckItem on resource');
  });

  test('a grant on the table does not reach its index', async () => {
    const query = (prefix: string) =>
      client(prefix).send(
        new QueryCommand({
          TableName: 'Things',
          IndexName: 'byOwner',
          KeyConditionExpression: '#o = :o',
          ExpressionAttributeNames: { '#o': 'owner' },
          ExpressionAttributeValues: { ':o': s('me') },
        }),
      );
    await expect(query('Writer')).resolves.toMatchObject({ Count: 0 });
    await expect(query('Reader')).rejects.toThrow('table/Things/index/byOwner');
  });

  test('an unknown access key is refused as AWS refuses it', async () => {
    const stranger = new DynamoDBClient({
      endpoint: side.endpointUrl,
      region: 'us-east-1',
      credentials: { accessKeyId: 'STRANGER', secretAccessKey: 'x' },
    });
    const scan = stranger.send(new ScanCommand({ TableName: 'Things' }));
    await expect(scan).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  });

  test('an operation outside the known ones says so', async () => {
    const list = client('Writer').send(new ListTablesCommand({}));
    await expect(list).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: 'The local host does not carry out dynamodb:ListTables.',
    });
  });
});

describe('answers', () => {
  test('a failed condition carries the old item only when asked for', async () => {
    await client('Writer').send(
      new PutItemCommand({ TableName: 'Notes', Item: { pk: s('c'), n: { N: '1' } } }),
    );
    const again = (more: object) =>
      client('Writer').send(
        new PutItemCommand({
          TableName: 'Notes',
          Item: { pk: s('c') },
          ConditionExpression: 'attribute_not_exists(pk)',
          ...more,
        }),
      );
    const asked = again({ ReturnValuesOnConditionCheckFailure: 'ALL_OLD' });
    await expect(asked).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      Item: { pk: s('c'), n: { N: '1' } },
    });
    const plain = await again({}).catch((error) => error);
    expect(plain.name).toBe('ConditionalCheckFailedException');
    expect(plain.Item).toBeUndefined();
  });

  test('a cancelled transaction gives a reason per item, and the item when asked for', async () => {
    await client('Writer').send(new PutItemCommand({ TableName: 'Things', Item: { pk: s('taken') } }));
    const transaction = client('Writer').send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { Put: { TableName: 'Notes', Item: { pk: s('fresh') } } },
          {
            Put: {
              TableName: 'Things',
              Item: { pk: s('taken') },
              ConditionExpression: 'attribute_not_exists(pk)',
              ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
            },
          },
        ],
      }),
    );
    await expect(transaction).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed', Item: { pk: s('taken') } }],
    });
  });

  test('of many simultaneous conditional deletes exactly one succeeds', async () => {
    await client('Writer').send(new PutItemCommand({ TableName: 'Notes', Item: { pk: s('once') } }));
    const attempts = await Promise.allSettled(
      Array.from({ length: 20 }, () =>
        client('Writer').send(
          new UpdateItemCommand({
            TableName: 'Notes',
            Key: { pk: s('once') },
            UpdateExpression: 'SET used = :t',
            ConditionExpression: 'attribute_not_exists(used)',
            ExpressionAttributeValues: { ':t': { BOOL: true } },
          }),
        ),
      ),
    );
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('a described table names the local region', async () => {
    const { Table: table } = await client('Writer').send(new DescribeTableCommand({ TableName: 'Things' }));
    expect(table?.TableArn).toBe('arn:aws:dynamodb:us-east-1:000000000000:table/Things');
  });
});

describe('the meter', () => {
  const put = (prefix: string, item: object, more: object = {}) =>
    client(prefix).send(new PutItemCommand({ TableName: 'Things', Item: item as never, ...more }));

  test('a write of one kilobyte is one unit, of its index another one', async () => {
    const answer = await put('Writer', { pk: s('m1') });
    await put('Writer', { pk: s('m2'), owner: s('me') });
    await put('Writer', { pk: s('m3'), blob: s('x'.repeat(1500)) });
    expect(side.meter.calls.map((call) => call.writeUnits)).toEqual([1, 2, 2]);
    expect(side.meter.calls[0]).toMatchObject({
      caller: logicalId(assembly, 'AWS::Lambda::Function', 'Writer'),
      service: 'dynamodb',
      operation: 'PutItem',
      resources: [logicalId(assembly, 'AWS::DynamoDB::Table', 'Things')],
      status: 200,
      readUnits: 0,
    });
    expect(answer.ConsumedCapacity).toBeUndefined();
  });

  test('units are in the answer for a caller that asks for them', async () => {
    const answer = await put('Writer', { pk: s('m4') }, { ReturnConsumedCapacity: 'TOTAL' });
    expect(answer.ConsumedCapacity?.CapacityUnits).toBe(1);
  });

  test('a strong read costs one unit, an eventual one half', async () => {
    const batch = (consistent: boolean) =>
      client('Writer').send(
        new BatchGetItemCommand({
          RequestItems: { Things: { Keys: [{ pk: s('m1') }], ConsistentRead: consistent } },
        }),
      );
    await batch(true);
    await batch(false);
    expect(side.meter.calls.map((call) => call.readUnits)).toEqual([1, 0.5]);
  });

  test('a failed condition and a cancelled transaction still cost their writes', async () => {
    await put('Writer', { pk: s('m5'), blob: s('x'.repeat(2500)) });
    side.meter.reset();
    const condition = { ConditionExpression: 'attribute_not_exists(pk)' };
    await put('Writer', { pk: s('m5') }, condition).catch(() => {});
    await client('Writer')
      .send(
        new TransactWriteItemsCommand({
          TransactItems: [
            { Put: { TableName: 'Notes', Item: { pk: s('m6') } } },
            { Put: { TableName: 'Things', Item: { pk: s('m5') }, ...condition } },
          ],
        }),
      )
      .catch(() => {});
    expect(side.meter.calls.map((call) => call.writeUnits)).toEqual([3, 4]);
  });

  test('a transaction costs double', async () => {
    await client('Writer').send(
      new TransactWriteItemsCommand({
        TransactItems: [{ Put: { TableName: 'Notes', Item: { pk: s('m7') } } }],
      }),
    );
    expect(side.meter.calls[0]?.writeUnits).toBe(2);
  });

  test('refused calls are metered with their status and no units', async () => {
    await put('Reader', { pk: s('m8') }).catch(() => {});
    expect(side.meter.calls).toMatchObject([{ operation: 'PutItem', status: 400, writeUnits: 0 }]);
  });
});

describe('disturbance', () => {
  const put = (pk: string) =>
    client('Writer').send(new PutItemCommand({ TableName: 'Notes', Item: { pk: s(pk) } }));
  const exists = async (pk: string) =>
    (await client('Writer').send(new GetItemCommand({ TableName: 'Notes', Key: { pk: s(pk) } }))).Item !==
    undefined;

  test('an injected error keeps the call from being carried out, unless it comes after the effect', async () => {
    const error = { kind: 'error', status: 500, code: 'InternalServerError' } as const;
    side.disturb = ({ operation }) => (operation === 'PutItem' ? [error] : undefined);
    await expect(put('before')).rejects.toMatchObject({ name: 'InternalServerError' });
    side.disturb = ({ operation }) =>
      operation === 'PutItem' ? [{ ...error, afterEffect: true }] : undefined;
    await expect(put('after')).rejects.toMatchObject({ name: 'InternalServerError' });
    expect(await exists('before')).toBe(false);
    expect(await exists('after')).toBe(true);
  });

  test('a delay shows in the metered time', async () => {
    side.disturb = () => [{ kind: 'delay', ms: 30 }];
    await put('late');
    const [call] = side.meter.calls;
    expect(call!.endedAt - call!.startedAt).toBeGreaterThanOrEqual(29);
  });
});
