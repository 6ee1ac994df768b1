/** An answer that overtakes the steps before it: one that counts them is told after them, on a stream and on a socket. */
import { Places } from '../../../lambdas/core/call/places';
import { overtakenMs } from '../../../lambdas/core/call/progress';
import { callKeyOf } from '../../../lambdas/core/call/states';
import { watchCall } from '../../../lambdas/core/call/watch-call';
import { postReply } from '../../../lambdas/core/reply/large-payloads';
import { memoryWorld } from '../../support/memory/world';

type World = ReturnType<typeof memoryWorld>;

async function paired() {
  const relay = memoryWorld();
  const runtime = await relay.runtime();
  return { relay, runtime, app: await relay.app(runtime) };
}

const step = (id: string, seq: number) => ({ method: 'relay.progress', params: { id, seq, data: seq } });
const counted = (id: string, steps: unknown) => ({ id, result: 'whole', meta: { steps } });
/** What a socket was told, in order: the numbers of steps, and `answer`. */
const toldOn = (relay: World, socket: string) =>
  relay.framesTo(socket).map(({ event, params }) => (event === 'relay.progress' ? params.seq : 'answer'));

/** A call that is followed by a stream, and what the stream gives. */
async function streamed(followed = true) {
  const { relay, runtime, app } = await paired();
  const call = await relay.opened(runtime.gatewayId, app.clientId, { followed });
  await relay.calls.sentTo(call, runtime.socket);
  const told: unknown[] = [];
  const read = async () => {
    const places = new Places(relay, app.client, call, { id: 'id', mark: 'mark', streams: true });
    const stored = (await relay.calls.read(call.callKey, relay.clock.now()))!;
    const sights = watchCall(relay, stored, { places, ifGone: 'disconnected', progressAfter: -1 });
    for (;;) {
      const { done, value } = await sights.next();
      if (done) return value === 'pending' ? value : value.outcome;
      told.push(...value.map(({ seq }) => seq));
    }
  };
  return { relay, runtime, call, told, read, startedAtMs: relay.clock.now() };
}

test('a stream gives the steps that its answer counts and overtook, before the answer', async () => {
  const { relay, runtime, call, told, read, startedAtMs } = await streamed();
  const says = (afterMs: number, frame: object) =>
    relay.clock.at(startedAtMs + afterMs, () => relay.frame(runtime.socket, frame));
  says(100, counted(call.frameId, 3));
  says(900, step(call.frameId, 2));
  says(1_100, step(call.frameId, 0));
  says(1_400, step(call.frameId, 1));
  expect(await read()).toBe('answered');
  expect(told).toEqual([0, 1, 2]);
  expect(relay.clock.now() - startedAtMs).toBeLessThan(2_300);
});

test('steps that never come are waited for three seconds, and what there is is told', async () => {
  const { relay, runtime, call, told, read, startedAtMs } = await streamed();
  await relay.frame(runtime.socket, step(call.frameId, 0));
  await relay.frame(runtime.socket, step(call.frameId, 2));
  await relay.frame(runtime.socket, counted(call.frameId, 4_000));
  expect(await read()).toBe('answered');
  expect(told).toEqual([0, 2]);
  const tookMs = relay.clock.now() - startedAtMs;
  expect(tookMs).toBeGreaterThanOrEqual(overtakenMs);
  expect(tookMs).toBeLessThan(overtakenMs + 200);
});

test('but never beyond the deadline of the call', async () => {
  const { relay, runtime, call, read, startedAtMs } = await streamed();
  relay.clock.at(startedAtMs + 29_000, () => relay.frame(runtime.socket, counted(call.frameId, 9)));
  expect(await read()).toBe('answered');
  expect(relay.clock.now() - startedAtMs).toBeLessThan(30_200);
});

test.each([
  ['one that counts nothing', undefined],
  ['a count of none', 0],
  ['a count that is no number', '3'],
  ['a count below none', -1],
  ['half a step', 1.5],
])('%s waits for nothing, and what comes after it is not told', async (_, steps) => {
  const { relay, runtime, call, told, read, startedAtMs } = await streamed();
  await relay.frame(runtime.socket, counted(call.frameId, steps));
  relay.clock.at(startedAtMs + 5, () => relay.frame(runtime.socket, step(call.frameId, 0)));
  expect(await read()).toBe('answered');
  expect(told).toEqual([]);
  expect(relay.clock.now() - startedAtMs).toBeLessThan(100);
});

test('of a call that was opened without a follower no step is kept: a stream that joined it waits for none', async () => {
  const { relay, runtime, call, told, read, startedAtMs } = await streamed(false);
  await relay.frame(runtime.socket, step(call.frameId, 0));
  relay.clock.at(startedAtMs + 50, () => relay.frame(runtime.socket, counted(call.frameId, 1)));
  expect(await read()).toBe('answered');
  expect(told).toEqual([]);
  expect(relay.clock.now() - startedAtMs).toBeLessThan(150);
});

test('nor does a socket that listens to one', async () => {
  const { relay, runtime, app } = await paired();
  const call = await relay.opened(runtime.gatewayId, app.clientId, { followed: false, id: 'own' });
  await relay.calls.sentTo(call, runtime.socket);
  await relay.frame(app.socket, { id: 'r', method: 'relay.resume', params: { calls: [{ id: 'own' }] } });
  const startedAtMs = relay.clock.now();
  await relay.frame(runtime.socket, counted(call.frameId, 3));
  expect(toldOn(relay, app.socket)).toEqual(['answer', 'answer']);
  expect(relay.clock.now() - startedAtMs).toBeLessThan(100);
});

test('a socket is told the counted steps before the answer, and nothing after it', async () => {
  const { relay, runtime, app } = await paired();
  await relay.frame(app.socket, { jsonrpc: '2.0', id: 7, method: 'm', meta: { id: 'own' } });
  const { id } = relay.framesTo(runtime.socket).find(({ type }) => type === 'req')!;
  const nowMs = relay.clock.now();
  relay.clock.at(nowMs + 800, () => relay.frame(runtime.socket, step(id, 1)));
  relay.clock.at(nowMs + 2_000, () => relay.frame(runtime.socket, step(id, 0)));
  await relay.frame(runtime.socket, counted(id, 2));
  await relay.frame(runtime.socket, step(id, 2));
  expect(toldOn(relay, app.socket)).toEqual([0, 1, 'answer']);
});

test('an App that resumes a call that has just ended gets the steps that are still to come', async () => {
  const { relay, runtime, app } = await paired();
  await relay.frame(app.socket, { jsonrpc: '2.0', id: 7, method: 'm', meta: { id: 'own' } });
  const { id } = relay.framesTo(runtime.socket).find(({ type }) => type === 'req')!;
  await relay.sockets.close(app.socket);
  await relay.stores.calls.end(
    (await relay.calls.state(callKeyOf(runtime.gatewayId, app.clientId, 'own'), relay.clock.now()))!,
    { outcome: 'answered', atMs: relay.clock.now(), answer: { result: 'whole' }, steps: 1 },
    { gatewayId: runtime.gatewayId },
  );
  const newer = await relay.openApp(app.client);
  relay.clock.at(relay.clock.now() + 1_000, () => relay.frame(runtime.socket, step(id, 0)));
  await relay.frame(newer, { id: 'r', method: 'relay.resume', params: { calls: [{ id: 'own' }] } });
  expect(toldOn(relay, newer).slice(1)).toEqual([0, 'answer']);
});

test('an answer by HTTP counts as well', async () => {
  const { relay, runtime, call, told, read, startedAtMs } = await streamed();
  const body = JSON.stringify({ result: 'whole', meta: { steps: 1 } });
  await postReply(relay, runtime.gatewayId, call.frameId, body, startedAtMs);
  relay.clock.at(startedAtMs + 500, () => relay.frame(runtime.socket, step(call.frameId, 0)));
  expect(await read()).toBe('answered');
  expect(told).toEqual([0]);
});
