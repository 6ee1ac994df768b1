/** What a runtime with a secret of its own can do to others: nothing, and what it does costs its own gateway. */
import { cachedConnections } from '../../../lambdas/aws/presence/cached-connections';
import type { CallStore } from '../../../lambdas/core/call/ports';
import { memoryStores } from '../../support/memory/memory-stores';
import { memoryWorld } from '../../support/memory/world';

/** Every operation on a call, by the key that it touched. */
function watchedCalls(calls: CallStore) {
  const touched: Array<{ operation: string; callKey: string }> = [];
  const watched = Object.fromEntries(
    Object.entries(calls).map(([operation, run]) => [
      operation,
      (...args: unknown[]) => {
        const [first] = args;
        const callKey = typeof first === 'string' ? first : (first as { callKey: string }).callKey;
        touched.push({ operation, callKey });
        return (run as (...all: unknown[]) => unknown)(...args);
      },
    ]),
  ) as unknown as typeof calls;
  return { watched, touched };
}

/** A victim with an App and a followed call, and a hostile runtime of another gateway. */
async function scene() {
  const stores = memoryStores();
  const { watched, touched } = watchedCalls(stores.calls);
  const connections = cachedConnections(stores.connections);
  const relay = memoryWorld({ ...stores, connections, calls: watched as typeof stores.calls });
  const victim = await relay.runtime('victim');
  const app = await relay.app(victim);
  const call = await relay.opened(victim.gatewayId, app.clientId);
  const hostile = await relay.runtime('hostile');
  const progressOf = async () =>
    (await stores.calls.follow(call, -1, relay.clock.now())).progress.map(({ seq, data }) => [seq, data]);
  touched.length = 0;
  return { relay, stores, touched, victim, app, call, hostile, progressOf };
}

const reply = (id: string, result: unknown) => ({ jsonrpc: '2.0', id, result });
const progress = (id: string, seq: number, data: unknown) => ({
  jsonrpc: '2.0',
  method: 'relay.progress',
  params: { id, seq, data },
});

test('progress of a foreign runtime before, during and after a call changes nothing of it', async () => {
  const { relay, victim, call, hostile, progressOf } = await scene();
  const flood = async () => {
    for (let seq = 0; seq < 12; seq++)
      await relay.frame(hostile.socket, progress(call.frameId, seq, 'forged'));
  };
  await flood();
  for (let seq = 0; seq < 5; seq++) await relay.frame(victim.socket, progress(call.frameId, seq, 'true'));
  await flood();
  for (let seq = 5; seq < 10; seq++) await relay.frame(victim.socket, progress(call.frameId, seq, 'true'));
  const ten = Array.from({ length: 10 }, (_, seq) => [seq, 'true']);
  expect(await progressOf()).toEqual(ten);
  await relay.frame(victim.socket, reply(call.frameId, 'true'));
  await flood();
  expect(await progressOf()).toEqual(ten);
});

test('progress under another nonce of the same call is written nowhere', async () => {
  const { relay, victim, call, touched, progressOf } = await scene();
  const otherNonce = `${call.frameId.slice(0, -9)}XXXXXXXXp`;
  for (let seq = 0; seq < 100; seq++) await relay.frame(victim.socket, progress(otherNonce, seq, 'forged'));
  expect(touched.map(({ operation }) => operation)).toEqual(['state']);
  await relay.frame(victim.socket, progress(call.frameId, 0, 'true'));
  expect(await progressOf()).toEqual([[0, 'true']]);
});

test('progress of a socket that was pushed out, of an App or after the end is written nowhere', async () => {
  const { relay, stores, victim, app, call, touched, progressOf } = await scene();
  await relay.frame(app.socket, progress(call.frameId, 0, 'app'));
  const { secretHash } = (await stores.gateways.read(victim.gatewayId))!;
  await stores.gateways.rotateSecret(victim.gatewayId, secretHash, 'next', relay.clock.now());
  await stores.calls.withdraw(call, [victim.socket]);
  expect((await relay.frame(victim.socket, progress(call.frameId, 0, 'dead'))).progress).toBe('dead-socket');
  await stores.calls.end(call, { outcome: 'cancelled', atMs: relay.clock.now() }, { waiter: true });
  expect(touched.filter(({ operation }) => operation === 'addProgress')).toEqual([]);
  expect(await progressOf()).toEqual([]);
});

const senders = ['hostile', 'app', 'unknown'] as const;
test.each(senders)(
  'a large reply of a foreign socket (%s) neither ends a call nor touches its answer',
  async (who) => {
    const { relay, stores, victim, app, call, hostile } = await scene();
    const socket = { hostile: hostile.socket, app: app.socket, unknown: 'no such socket' }[who];
    const large = 'x'.repeat(100_000);
    expect((await relay.frame(socket, reply(call.frameId, large))).reply).toBe('foreign');
    expect((await stores.calls.read(call.callKey, relay.clock.now()))?.end).toBeUndefined();
    await relay.frame(victim.socket, reply(call.frameId, 'true'));
    await relay.frame(socket, reply(call.frameId, large));
    const { end } = (await stores.calls.read(call.callKey, relay.clock.now()))!;
    expect(end?.answer).toEqual({ result: 'true' });
  },
);

test('10,000 hostile frames of one runtime cost its own gateway and nobody else', async () => {
  const { relay, victim, call, hostile, touched, progressOf } = await scene();
  const ids = [call.frameId, `rpc_${'Z'.repeat(31)}`, 'rpc_short', 'nothing'];
  const own = await relay.opened(hostile.gatewayId, 'cl_AAAAAAAAAAAAAAAA');
  const frames = (n: number) => {
    const id = [...ids, own.frameId, `rpc_${own.callKey}${String(n).padStart(8, '0')}p`][n % 6]!;
    return [
      reply(id, n),
      reply(id, 'x'.repeat(100)),
      progress(id, n % 5_000, n),
      { jsonrpc: '2.0', id: n, method: 'relay.hello', params: { features: ['x'] } },
      { jsonrpc: '2.0', id: n, method: 'relay.nothing' },
      { type: 'ping' },
      'not json',
      { jsonrpc: '2.0', id, error: { code: 1, message: 'no' } },
    ][n % 8];
  };
  touched.length = 0;
  const read = jest.spyOn(relay.gateways, 'read');
  for (let n = 0; n < 10_000; n++) await relay.frame(hostile.socket, frames(n));
  const foreign = touched.filter(({ callKey }) => !callKey.startsWith(own.callKey.slice(0, 6)));
  // The first reply of a socket that this function has not met is judged by the table.
  expect(foreign.length).toBeLessThanOrEqual(1);
  expect(read.mock.calls.filter(([gatewayId]) => gatewayId !== hostile.gatewayId)).toEqual([]);
  // Of refused replies the monitor hears once a second, with their number.
  expect(relay.events.filter(({ type }) => type === 'relay.rpc.reply_rejected').length).toBeLessThanOrEqual(
    2,
  );
  for (let seq = 0; seq < 3; seq++) await relay.frame(victim.socket, progress(call.frameId, seq, 'true'));
  expect((await relay.frame(victim.socket, reply(call.frameId, 'true'))).reply).toBe('ended');
  expect((await progressOf()).length).toBe(3);
});
