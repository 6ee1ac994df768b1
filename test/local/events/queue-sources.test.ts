import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Duration } from 'aws-cdk-lib';
import { SqsEventSource, type SqsEventSourceProps } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import type { AwsSide, Invoke } from '../../../local/types';
import { fn, logicalId, started, stopAll, synthesized, until } from '../aws-side-fixture';

interface QueueEvent {
  Records: Array<{ messageId: string; body: string; attributes: { ApproximateReceiveCount: string } }>;
}

/** A queue that feeds `Consumer`, and a function that may send to it. */
async function queued(
  queue: QueueProps = {},
  source: SqsEventSourceProps = {},
  alter: (properties: Record<string, unknown>) => void = () => {},
) {
  const assembly = synthesized((stack) => {
    const dead = new Queue(stack, 'Dead');
    const guards = new Queue(stack, 'Guards', {
      deadLetterQueue: { queue: dead, maxReceiveCount: 2 },
      ...queue,
    });
    guards.grantSendMessages(fn(stack, 'Producer'));
    fn(stack, 'Consumer').addEventSource(new SqsEventSource(guards, source));
  });
  const queueId = logicalId(assembly, 'AWS::SQS::Queue', 'Guards');
  alter(assembly.template.Resources[queueId]!.Properties!);
  const side = await started(assembly);
  const env = side.environmentFor(logicalId(assembly, 'AWS::Lambda::Function', 'Producer'));
  const sqs = new SQSClient({
    endpoint: side.endpointUrl,
    region: env.AWS_REGION!,
    maxAttempts: 1,
    credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID!, secretAccessKey: env.AWS_SECRET_ACCESS_KEY! },
  });
  return {
    side,
    queueId,
    deadId: logicalId(assembly, 'AWS::SQS::Queue', 'Dead'),
    send: (MessageBody: string, DelaySeconds?: number) =>
      sqs.send(
        new SendMessageCommand({
          QueueUrl: side.resolver.ref(queueId),
          MessageBody,
          ...(DelaySeconds === undefined ? {} : { DelaySeconds }),
        }),
      ),
  };
}

/** Runs the mapping with a consumer that notes each batch's bodies and does as told. */
function consume(side: AwsSide, act: (event: QueueEvent) => unknown = () => undefined): string[] {
  const batches: string[] = [];
  const invoke: Invoke = async (_function, event) => {
    batches.push((event as QueueEvent).Records.map(({ body }) => body).join());
    return act(event as QueueEvent);
  };
  side.startEventSources(invoke);
  return batches;
}

afterEach(stopAll);

test('a message reaches the function in the shape of AWS, and is gone then', async () => {
  const { side, send, queueId } = await queued();
  const events: QueueEvent[] = [];
  consume(side, (event) => void events.push(event));
  await send('one');
  await until(() => events.length === 1 && side.messages(queueId).length === 0);
  expect(events[0]!.Records[0]).toMatchObject({
    body: 'one',
    eventSource: 'aws:sqs',
    attributes: { ApproximateReceiveCount: '1' },
  });
  const operations = side.meter.calls.map(({ operation }) => operation).sort();
  expect(operations).toEqual(['DeleteMessageBatch', 'ReceiveMessage', 'SendMessage']);
});

test('a delayed message stays hidden while a later one passes it', async () => {
  const { side, send } = await queued();
  const batches = consume(side);
  await send('later', 1);
  await send('now');
  await until(() => batches.length === 2);
  expect(batches).toEqual(['now', 'later']);
});

test('a delay over 15 minutes is refused, naming the parameter', async () => {
  const { send } = await queued();
  await expect(send('never', 901)).rejects.toThrow(/DelaySeconds must be >= 0 and <= 900/);
});

test('of a batch only the messages that failed come again, and go to the dead-letter queue in the end', async () => {
  const { side, send, queueId, deadId } = await queued(
    { visibilityTimeout: Duration.seconds(3) },
    { reportBatchItemFailures: true },
  );
  await send('good');
  await send('bad');
  const batches = consume(side, ({ Records }) => ({
    batchItemFailures: Records.filter(({ body }) => body === 'bad').map(({ messageId }) => ({
      itemIdentifier: messageId,
    })),
  }));
  await until(() => side.messages(deadId).length === 1);
  expect(side.messages(deadId)).toEqual(['bad']);
  expect(side.messages(queueId)).toEqual([]);
  expect(batches.filter((bodies) => bodies.includes('bad'))).toHaveLength(2);
  expect(batches.filter((bodies) => bodies.includes('good'))).toHaveLength(1);
});

test('a message whose deletion fails comes twice', async () => {
  const { side, send } = await queued({ visibilityTimeout: Duration.seconds(3) });
  let failures = 1;
  side.disturb = ({ operation }) =>
    operation === 'DeleteMessageBatch' && failures-- > 0
      ? [{ kind: 'error', status: 500, code: 'InternalError' }]
      : undefined;
  const batches = consume(side);
  await send('twice');
  await until(() => batches.length === 2);
  expect(batches).toEqual(['twice', 'twice']);
});

test('a queue that hides messages for less than the function may take is refused, as AWS does', async () => {
  // CDK refuses it as well, so the template is changed behind its back.
  const hasty = queued({}, {}, (properties) => {
    properties.VisibilityTimeout = 1;
  });
  await expect(hasty).rejects.toThrow(/visibility timeout \(1 s\) is below the function's 3 s/);
});
