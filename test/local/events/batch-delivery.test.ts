import { type DeliverySettings, deliverBatch } from '../../../local/events/batch-delivery';
import type { StreamRecord } from '../../../local/tables/table-stream';

const nowSeconds = Date.now() / 1000;
const record = (sequence: string, ageSeconds = 0): StreamRecord => ({
  eventID: sequence,
  eventName: 'INSERT',
  eventVersion: '1.1',
  eventSource: 'aws:dynamodb',
  dynamodb: {
    SequenceNumber: sequence,
    ApproximateCreationDateTime: nowSeconds - ageSeconds,
    Keys: { pk: { S: sequence } },
    SizeBytes: 1,
    StreamViewType: 'KEYS_ONLY',
  },
});

/** Delivers a batch to a function that answers in turn; an Error is thrown, the last answer repeats. */
async function deliver(batch: StreamRecord[], settings: Partial<DeliverySettings>, ...answers: unknown[]) {
  const batches: string[] = [];
  const pauses: number[] = [];
  // biome-ignore lint/suspicious/noExplicitAny: the message is compared as AWS documents it.
  const givenUp: any[] = [];
  const full: DeliverySettings = {
    functionArn: 'arn:function',
    streamArn: 'arn:stream',
    bisectOnError: false,
    reportsItemFailures: false,
    maximumRetryAttempts: 3,
    maximumRecordAgeSeconds: -1,
    ...settings,
  };
  await deliverBatch(batch, 'shard-1', full, {
    invoke: async ({ Records }) => {
      batches.push(Records.map((one) => one.dynamodb.SequenceNumber).join());
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (answer instanceof Error) throw answer;
      return answer;
    },
    giveUp: (message) => givenUp.push(message),
    pause: async (ms) => {
      pauses.push(ms);
    },
    log: () => {},
  });
  return { batches, pauses, givenUp };
}

test('records older than the limit are given up without being delivered', async () => {
  const { batches, givenUp } = await deliver([record('1', 90), record('2')], { maximumRecordAgeSeconds: 60 });
  expect(batches).toEqual(['2']);
  expect(givenUp).toMatchObject([
    {
      requestContext: { functionArn: 'arn:function', condition: 'RecordAgeExceeded' },
      DDBStreamBatchInfo: {
        shardId: 'shard-1',
        startSequenceNumber: '1',
        endSequenceNumber: '1',
        batchSize: 1,
        streamArn: 'arn:stream',
      },
    },
  ]);
});

test('pauses between attempts grow', async () => {
  const { pauses } = await deliver([record('1')], {}, new Error('no'));
  expect(pauses).toEqual([100, 200, 400]);
});

test('without a limit a batch is tried until it succeeds', async () => {
  const failures = Array.from({ length: 20 }, () => new Error('no'));
  const { batches, givenUp } = await deliver([record('1')], { maximumRetryAttempts: -1 }, ...failures, 'ok');
  expect(batches).toHaveLength(21);
  expect(givenUp).toEqual([]);
});

test.each([
  ['an unknown record fails the whole batch', ['x'], ['1,2,3', '1,2,3']],
  ['no record fails the whole batch', [undefined], ['1,2,3', '1,2,3']],
  ['several records brings back the first and what follows', ['3', '2'], ['1,2,3', '2,3']],
  ['nothing is success', [], ['1,2,3']],
])('a report that names %s', async (_, identifiers, expected) => {
  const report = { batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier })) };
  const batch = ['1', '2', '3'].map((sequence) => record(sequence));
  const { batches } = await deliver(batch, { reportsItemFailures: true }, report, null);
  expect(batches).toEqual(expected);
});

test('a report counts only where the mapping asks for it', async () => {
  const { batches } = await deliver([record('1')], {}, { batchItemFailures: [{ itemIdentifier: '1' }] });
  expect(batches).toEqual(['1']);
});
