import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { Duration } from 'aws-cdk-lib';
import { AttributeType, type ITable, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { CfnEventSourceMapping, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, type DynamoEventSourceProps, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { compileFilters } from '../../../local/events/event-filter';
import type { AwsSide, Invoke } from '../../../local/types';
import { clientsOf, fn, logicalId, started, stopAll, synthesized, until } from '../aws-side-fixture';

interface StreamEvent {
  Records: Array<{
    eventName: string;
    eventSourceARN: string;
    awsRegion: string;
    dynamodb: { Keys: { pk: { S: string } }; NewImage?: object; SequenceNumber: string };
  }>;
}

/** A table whose stream feeds `Consumer`, with a queue for what was given up. */
async function streaming(props: Partial<DynamoEventSourceProps>) {
  const assembly = synthesized((stack) => {
    const table = new Table(stack, 'Events', {
      tableName: 'Events',
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      stream: StreamViewType.NEW_IMAGE,
    });
    table.grantReadWriteData(fn(stack, 'Producer'));
    fn(stack, 'Consumer').addEventSource(
      new DynamoEventSource(table as ITable, {
        startingPosition: StartingPosition.LATEST,
        onFailure: new SqsDlq(new Queue(stack, 'Failed')),
        retryAttempts: 0,
        ...props,
      }),
    );
  });
  const side = await started(assembly);
  const { dynamodb } = clientsOf(side, logicalId(assembly, 'AWS::Lambda::Function', 'Producer'));
  return {
    assembly,
    side,
    write: async (...keys: string[]) => {
      for (const key of keys)
        await dynamodb.send(new PutItemCommand({ TableName: 'Events', Item: { pk: { S: key } } }));
    },
    failures: () => side.messages(logicalId(assembly, 'AWS::SQS::Queue')).map((body) => JSON.parse(body)),
  };
}

const keysOf = (event: unknown) => (event as StreamEvent).Records.map((record) => record.dynamodb.Keys.pk.S);

/** Runs the mapping with a consumer that notes the keys of each batch and then does as told. */
function consume(
  side: AwsSide,
  act: (keys: string[], event: StreamEvent) => unknown = () => undefined,
): string[] {
  const batches: string[] = [];
  const invoke: Invoke = async (_function, event) => {
    const keys = keysOf(event);
    batches.push(keys.join());
    return act(keys, event as StreamEvent);
  };
  side.startEventSources(invoke);
  return batches;
}

const failingOn = (bad: string) => (keys: string[]) => {
  if (keys.includes(bad)) throw new Error(`cannot take ${bad}`);
};

afterEach(stopAll);

test('records arrive in order, in the shape of AWS', async () => {
  const { side, write } = await streaming({ batchSize: 10 });
  const events: StreamEvent[] = [];
  await write('a', 'b');
  consume(side, (_keys, event) => events.push(event));
  await until(() => events.length > 0);
  expect(keysOf(events[0])).toEqual(['a', 'b']);
  expect(events[0]?.Records[0]).toMatchObject({
    eventName: 'INSERT',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    eventSourceARN: 'arn:aws:dynamodb:us-east-1:000000000000:table/Events/stream/2026-01-01T00:00:00.000',
    dynamodb: {
      ApproximateCreationDateTime: expect.any(Number),
      NewImage: { pk: { S: 'a' } },
      StreamViewType: 'NEW_IMAGE',
    },
  });
});

test('a batch is no larger than its size', async () => {
  const { side, write } = await streaming({ batchSize: 2 });
  await write('a', 'b', 'c');
  const batches = consume(side);
  await until(() => batches.length === 2);
  expect(batches).toEqual(['a,b', 'c']);
});

test('a batching window gathers records until the batch is full', async () => {
  const { side, write } = await streaming({
    batchSize: 3,
    maxBatchingWindow: Duration.seconds(60),
  });
  const batches = consume(side);
  await write('a');
  await write('b', 'c');
  await until(() => batches.length === 1);
  expect(batches).toEqual(['a,b,c']);
});

test('a filter keeps records from the function', async () => {
  const { side, write } = await streaming({
    filters: [{ pattern: JSON.stringify({ dynamodb: { Keys: { pk: { S: [{ prefix: 'yes' }] } } } }) }],
  });
  await write('no', 'yes-1', 'no-2', 'yes-2');
  const batches = consume(side);
  await until(() => batches.join().includes('yes-2'));
  expect(batches.join()).toBe('yes-1,yes-2');
});

test('a failed batch is retried, given up, and told to the queue, and the shard goes on', async () => {
  const { side, write, failures } = await streaming({ retryAttempts: 2, batchSize: 1 });
  const batches = consume(side, failingOn('bad'));
  await write('bad', 'good');
  await until(() => batches.includes('good'));
  expect(batches).toEqual(['bad', 'bad', 'bad', 'good']);
  expect(failures()).toMatchObject([
    {
      requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 3 },
      DDBStreamBatchInfo: { batchSize: 1, streamArn: expect.stringContaining('table/Events/stream/') },
    },
  ]);
});

test('bisecting isolates the one bad record', async () => {
  const { side, write, failures } = await streaming({ bisectBatchOnError: true, batchSize: 4 });
  await write('a', 'b', 'bad', 'd');
  const batches = consume(side, failingOn('bad'));
  await until(() => batches.includes('d'));
  expect(batches).toEqual(['a,b,bad,d', 'a,b', 'bad,d', 'bad', 'd']);
  expect(failures()).toHaveLength(1);
});

test('a reported item failure brings back that record and the ones after it', async () => {
  const { side, write, failures } = await streaming({ reportBatchItemFailures: true, retryAttempts: 1 });
  await write('a', 'b', 'c');
  let refused = false;
  const batches = consume(side, (_keys, event) => {
    const second = event.Records.find((record) => record.dynamodb.Keys.pk.S === 'b');
    if (refused || !second) return { batchItemFailures: [] };
    refused = true;
    return { batchItemFailures: [{ itemIdentifier: second.dynamodb.SequenceNumber }] };
  });
  await until(() => batches.length === 2);
  expect(batches).toEqual(['a,b,c', 'b,c']);
  expect(failures()).toEqual([]);
});

test('a mapping whose role cannot read the stream is refused at the start', async () => {
  const assembly = synthesized((stack) => {
    const table = new Table(stack, 'Events', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      stream: StreamViewType.KEYS_ONLY,
    });
    new CfnEventSourceMapping(stack, 'Mapping', {
      functionName: fn(stack, 'Consumer').functionName,
      eventSourceArn: table.tableStreamArn!,
      startingPosition: 'LATEST',
    });
  });
  await expect(started(assembly)).rejects.toThrow(
    /Mapping needs dynamodb:DescribeStream on arn:\S+ in the role of/,
  );
});

describe('filters', () => {
  const record = {
    eventName: 'INSERT',
    dynamodb: { NewImage: { kind: { S: 'rpc' }, off: { BOOL: false } } },
  };
  const image = (image: object) => ({ dynamodb: { NewImage: image } });
  test.each([
    ['equality', { eventName: ['INSERT', 'MODIFY'] }, true],
    ['another value', { eventName: ['REMOVE'] }, false],
    ['booleans', image({ off: { BOOL: [false] } }), true],
    ['exists', image({ kind: { S: [{ exists: true }] } }), true],
    ['absence', image({ ttl: { N: [{ exists: false }] } }), true],
    ['anything but', image({ kind: { S: [{ 'anything-but': ['rpc'] }] } }), false],
    ['anything but, of what is absent', image({ ttl: { N: [{ 'anything-but': ['1'] }] } }), false],
    ['every member', { eventName: ['INSERT'], ...image({ kind: { S: ['other'] } }) }, false],
  ])('%s', (_, pattern, expected) => {
    expect(compileFilters({ Filters: [{ Pattern: JSON.stringify(pattern) }] })(record)).toBe(expected);
  });

  test('a rule that is not known stops the start', () => {
    const numeric = JSON.stringify(image({ n: { N: [{ numeric: ['>', 1] }] } }));
    expect(() => compileFilters({ Filters: [{ Pattern: numeric }] })).toThrow('dynamodb.NewImage.n.N');
  });
});
