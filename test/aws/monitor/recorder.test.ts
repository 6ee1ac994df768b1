import { invocationRecorder, type RecorderWorld } from '../../../lambdas/aws/monitor/recorder';
import { batchIds, type EventBatch } from '../../../lambdas/core/monitor/event-batch';

const t0 = 1_800_000_000_000;

function world(append?: RecorderWorld['append']) {
  const written: EventBatch[] = [];
  const failures: unknown[] = [];
  return {
    written,
    failures,
    append:
      append ??
      (async (batch: EventBatch) => {
        written.push(batch);
      }),
    nextBatchId: batchIds((count) => new Uint8Array(count)),
    now: () => Date.now(),
    onFailure: (error: unknown) => failures.push(error),
    maxUnwrittenMs: 500,
  };
}

beforeEach(() => jest.useFakeTimers({ now: t0 }));
afterEach(() => jest.useRealTimers());

test('what one invocation records is one batch, and every event names its request', async () => {
  const target = world();
  const recorder = invocationRecorder(target, '0b1f5ac2-7b1a-4f2c-9a51-2f3b1d9ad001');
  recorder.record({ type: 'relay.rpc.request' });
  recorder.record(() => ({ type: 'relay.rpc.success', bytes: 5 }));
  await recorder.flush();
  expect(target.written).toHaveLength(1);
  expect(target.written[0]!.events).toEqual([
    expect.objectContaining({ type: 'relay.rpc.request', requestId: '0b1f5ac2-7b1a-4f2c-9a51-2f3b1d9ad001' }),
    expect.objectContaining({ type: 'relay.rpc.success', bytes: 5 }),
  ]);
  await recorder.flush();
  expect(target.written).toHaveLength(1);
});

test('nothing is written before the function is idle or flushes, however long it works', async () => {
  const target = world();
  const recorder = invocationRecorder(target);
  recorder.record({ type: 'relay.rpc.request' });
  await jest.advanceTimersByTimeAsync(10_000);
  expect(target.written).toEqual([]);
});

test('an idle function writes an event half a second after it happened', async () => {
  const target = world();
  const recorder = invocationRecorder(target);
  recorder.record({ type: 'relay.rpc.request' });
  recorder.idle();
  await jest.advanceTimersByTimeAsync(499);
  expect(target.written).toEqual([]);
  await jest.advanceTimersByTimeAsync(1);
  expect(target.written).toHaveLength(1);
  recorder.record({ type: 'relay.rpc.success' });
  await jest.advanceTimersByTimeAsync(500);
  expect(target.written).toHaveLength(2);
});

test('a write that fails is told once and reaches nobody, and later ones are tried again', async () => {
  let tries = 0;
  const target = world(async () => {
    if (tries++ === 0) throw new Error('no');
  });
  const recorder = invocationRecorder(target);
  recorder.record({ type: 'relay.rpc.request' });
  await recorder.flush();
  recorder.record({ type: 'relay.rpc.success' });
  await recorder.flush();
  expect([tries, target.failures.length]).toEqual([2, 1]);
});

test('an event that cannot be told harms no request', async () => {
  const target = world();
  const recorder = invocationRecorder(target);
  recorder.record(() => {
    throw new Error('no');
  });
  await recorder.flush();
  expect(target.failures).toHaveLength(1);
});

test('batches of one invocation are written one after the other, in the order of their ids', async () => {
  const order: string[] = [];
  const target = world(async ({ batchId }) => {
    order.push(`begin ${batchId}`);
    await Promise.resolve();
    order.push(`end ${batchId}`);
  });
  const recorder = invocationRecorder(target);
  const flushes = [1, 2, 3].map(() => {
    recorder.record({ type: 'relay.rpc.request' });
    return recorder.flush();
  });
  await Promise.all(flushes);
  const ids = order.filter((line) => line.startsWith('begin')).map((line) => line.slice(6));
  expect(order).toEqual(ids.flatMap((id) => [`begin ${id}`, `end ${id}`]));
  expect([...ids].sort()).toEqual(ids);
  expect(ids.length).toBeGreaterThan(0);
});

test('no invocation waits for the writes of others, whether it has something to write or not', async () => {
  let written: () => void = () => {};
  const slow = invocationRecorder(world(() => new Promise((resolve) => (written = resolve))));
  slow.record({ type: 'relay.rpc.request' });
  const slowFlush = slow.flush();
  await invocationRecorder(world()).flush();
  const target = world();
  const other = invocationRecorder(target);
  other.record({ type: 'relay.rpc.request' });
  await other.flush();
  expect(target.written).toHaveLength(1);
  written();
  await slowFlush;
});
