/** A call for which nobody waits: what is posted, when, by whom, and that it always ends. */
import type { NewEvent } from '../../../lambdas/core/monitor/monitor-events';
import { readGuard } from '../../../lambdas/core/wire/guards';
import { limits } from '../../../lambdas/core/wire/limits';
import { memoryWorld, t0 } from '../../support/memory/world';

type World = ReturnType<typeof memoryWorld>;
type State = Parameters<typeof memoryWorld>[1];

/** A runtime and its App, whose sockets are an hour old. */
async function paired(state?: State) {
  const relay = memoryWorld(undefined, state);
  const runtime = await relay.runtime();
  const app = await relay.app(runtime);
  await relay.guardsUntil(t0 + 60_000);
  return { relay, runtime, app };
}

const ask = (relay: World, socket: string, id: unknown, more: object = {}) =>
  relay.frame(socket, { jsonrpc: '2.0', id, method: 'm', ...more });
const answers = (relay: World, socket: string) => relay.framesTo(socket).filter(({ type }) => type === 'res');
const commands = (relay: World, socket: string) =>
  relay.framesTo(socket).filter(({ type }) => type === 'req');
const progress = (relay: World, socket: string) =>
  relay
    .framesTo(socket)
    .filter(({ event }) => event === 'relay.progress')
    .map(({ params }) => params.seq);
const step = (id: string, seq: number) => ({ method: 'relay.progress', params: { id, seq, data: seq } });
const comesBack = async (relay: World, gatewayId: string, name: string) => {
  const gateway = (await relay.gateways.read(gatewayId))!;
  const socket = { connectionId: name, connectedAtMs: relay.clock.now() };
  await relay.openRuntime(gateway, socket);
  return name;
};

test('the function returns with the command out, and the reply is pushed under the id of the App', async () => {
  const { relay, runtime, app } = await paired();
  const startedAtMs = relay.clock.now();
  await ask(relay, app.socket, 'one', { params: [1], meta: { id: 'own', timeoutMs: 840_000 } });
  expect(relay.clock.now()).toBe(startedAtMs);
  const [command] = commands(relay, runtime.socket);
  expect(answers(relay, app.socket)).toEqual([]);
  await relay.clock.sleep(600_000);
  await relay.frame(runtime.socket, { id: command.id, result: 'done' });
  expect(answers(relay, app.socket)).toEqual([
    {
      jsonrpc: '2.0',
      type: 'res',
      id: 'one',
      ok: true,
      result: 'done',
      meta: { id: 'own', outcome: 'answered', durationMs: 600_000 },
    },
  ]);
});

test('whoever ends the call tells the monitor of the whole', async () => {
  const { relay, runtime, app } = await paired();
  relay.events.length = 0;
  await ask(relay, app.socket, 1, { params: 'four' });
  expect(relay.events).toEqual([]);
  const [{ id }] = commands(relay, runtime.socket);
  await relay.frame(runtime.socket, { id, error: { code: 7, message: 'no' } });
  const types = relay.events.map(({ type }) => type);
  const told = ['relay.rpc.request', 'relay.rpc.command_sent', 'relay.websocket.message', 'relay.rpc.error'];
  expect(types).toEqual(told);
  const ended = relay.events.at(-1) as NewEvent;
  expect(ended).toMatchObject({ rpcId: id, outcome: 'runtime-error', errorCode: '7', bytesIn: 6 });
  expect(ended).toMatchObject({ displayName: 'openclaw', clientId: app.clientId });
});

/** Why calls ended that no answer ended, as the monitor is told. */
const causes = (relay: Awaited<ReturnType<typeof paired>>['relay']) =>
  relay.events.flatMap((event) => {
    const { detail } = event as NewEvent;
    return detail?.startsWith('ended by') ? [detail] : [];
  });

test('a silent runtime ends the call at its deadline, once, whatever comes late, twice or out of order', async () => {
  const { relay, runtime, app } = await paired();
  const deadlineMs = relay.clock.now() + 5_000;
  await ask(relay, app.socket, 1, { meta: { timeoutMs: 5_000 } });
  const guards = [...relay.queue.waiting];
  await relay.guardsUntil(deadlineMs + 100);
  for (const { guard } of [...guards, ...guards]) await relay.heed(guard);
  const [answer, ...more] = answers(relay, app.socket);
  expect(answer.error.data).toMatchObject({ code: 'rpc_timeout', outcome: 'timed-out', retry: 'new-id' });
  expect(more).toEqual([]);
  const [{ id }] = commands(relay, runtime.socket);
  expect(await relay.frame(runtime.socket, { id, result: 'late' })).toEqual({ reply: 'already-ended' });
  expect(causes(relay)).toEqual(['ended by its deadline, found by a guard']);
});

test('a guard that comes early waits for the rest of the time', async () => {
  const { relay, app } = await paired();
  await ask(relay, app.socket, 1, { meta: { timeoutMs: 60_000 } });
  const [{ guard } = { guard: undefined }] = relay.queue.waiting;
  await relay.heed(guard!);
  expect(answers(relay, app.socket)).toEqual([]);
  await relay.guardsUntil(relay.clock.now() + 60_000);
  expect(answers(relay, app.socket)).toHaveLength(1);
});

test('guards of unknown, ended and foreign calls do nothing', async () => {
  const { relay, runtime, app } = await paired();
  await ask(relay, app.socket, 1);
  const [{ id }] = commands(relay, runtime.socket);
  await relay.frame(runtime.socket, { id, result: 1 });
  const before = [relay.posted.length, relay.queue.waiting.length];
  const callKey = id.slice(4, 26);
  const nonce = id.slice(26);
  for (const guard of [
    { kind: 'call', callKey, nonce },
    { kind: 'call', callKey, nonce: 'other-no' },
    { kind: 'call', callKey: 'k'.repeat(22), nonce },
    { kind: 'tell', callKey, nonce: 'other-no' },
    { kind: 'left', gatewayId: runtime.gatewayId, leftAtMs: 1 },
    { kind: 'left', gatewayId: 'gw_none', leftAtMs: 1 },
    { kind: 'came', gatewayId: 'gw_none' },
  ] as const)
    await relay.heed(guard);
  expect([relay.posted.length, relay.queue.waiting.length]).toEqual(before);
});

test('a runtime that leaves and stays away ends what it had at the end of the grace; one that is back ends nothing', async () => {
  const { relay, runtime, app } = await paired();
  await ask(relay, app.socket, 1, { meta: { timeoutMs: 60_000 } });
  const [{ id }] = commands(relay, runtime.socket);
  await relay.closeSocket(runtime.socket);
  await relay.guardsUntil(relay.clock.now() + 4_000);
  const back = await comesBack(relay, runtime.gatewayId, 'back');
  await relay.guardsUntil(relay.clock.now() + 10_000);
  expect(answers(relay, app.socket)).toEqual([]);
  const leftAtMs = relay.clock.now();
  await relay.closeSocket(back);
  await relay.guardsUntil(leftAtMs + limits.graceMs + 1_000);
  const [answer] = answers(relay, app.socket);
  expect(answer.error.data).toMatchObject({ outcome: 'disconnected', retry: 'new-id' });
  expect(causes(relay)).toEqual(['ended by the end of its grace, found by a guard']);
  expect(await relay.calls.state(id.slice(4, 26), leftAtMs)).toMatchObject({
    end: { atMs: leftAtMs + limits.graceMs },
  });
});

test('a call that finds no runtime is posted, once, to the one that comes within the grace', async () => {
  const { relay, runtime, app } = await paired();
  await relay.closeSocket(runtime.socket);
  await ask(relay, app.socket, 1, { params: { large: 'x'.repeat(2_000) } });
  await relay.guardsUntil(relay.clock.now() + 3_000);
  const back = await comesBack(relay, runtime.gatewayId, 'back');
  await relay.guardsUntil(relay.clock.now() + 20_000);
  const [command, ...more] = commands(relay, back);
  expect([command.params, more]).toEqual([{ large: 'x'.repeat(2_000) }, []]);
  await relay.frame(back, { id: command.id, result: 'at last' });
  expect(answers(relay, app.socket)).toMatchObject([{ id: 1, result: 'at last' }]);
});

test('every copy of a command carries the trace of its caller', async () => {
  const { relay, runtime, app } = await paired();
  await relay.closeSocket(runtime.socket);
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  await ask(relay, app.socket, 1, { meta: { traceparent } });
  await ask(relay, app.socket, 2, { meta: { traceparent: 'nonsense' } });
  const back = await comesBack(relay, runtime.gatewayId, 'back');
  await relay.guardsUntil(relay.clock.now() + 5_000);
  const late = commands(relay, back).map(({ meta }) => meta.traceparent);
  expect(late).toHaveLength(2);
  expect(new Set(late)).toEqual(new Set([traceparent, undefined]));
  const { answer } = await relay.frame(back, { id: 'own', method: 'relay.pending' });
  const owed: Array<{ meta: { traceparent?: string } }> = JSON.parse(answer!).result.calls;
  expect(owed.map(({ meta }) => meta.traceparent).sort()).toEqual([traceparent, undefined]);
});

test('a call that finds no runtime ends offline and unsent after the grace, and the same id opens it anew', async () => {
  const { relay, runtime, app } = await paired();
  await relay.closeSocket(runtime.socket);
  const openedAtMs = relay.clock.now();
  const again = { meta: { id: 'own', timeoutMs: 60_000 } };
  await ask(relay, app.socket, 1, again);
  await relay.guardsUntil(openedAtMs + limits.graceMs);
  const [answer] = answers(relay, app.socket);
  expect(answer.error.data).toMatchObject({ outcome: 'offline', retry: 'same-id', id: 'own' });
  const back = await comesBack(relay, runtime.gatewayId, 'back');
  await relay.guardsUntil(relay.clock.now() + 10_000);
  await Promise.all([2, 3, 4].map((id) => ask(relay, app.socket, id, again)));
  const [command, ...more] = commands(relay, back);
  expect(more).toEqual([]);
  await relay.frame(back, { id: command.id, result: 'anew' });
  expect(
    answers(relay, app.socket)
      .slice(1)
      .map(({ id, result }) => [id, result])
      .sort(),
  ).toEqual([
    [2, 'anew'],
    [3, 'anew'],
    [4, 'anew'],
  ]);
});

test('a command that met a 410 is not posted again; the runtime that comes back is told that it may owe', async () => {
  let isGone = true;
  const { relay, runtime, app } = await paired((id, verb) =>
    isGone && id.startsWith('runtime') && verb === 'post' ? 'gone' : 'open',
  );
  await relay.gateways.seen(runtime.gatewayId, { connectionId: runtime.socket, connectedAtMs: t0 }, t0, [
    'pending',
  ]);
  await ask(relay, app.socket, 1, { meta: { timeoutMs: 60_000 } });
  isGone = false;
  const back = await comesBack(relay, runtime.gatewayId, 'back');
  await relay.guardsUntil(relay.clock.now() + 20_000);
  expect(commands(relay, back)).toEqual([]);
  expect(relay.framesTo(back).map(({ event }) => event)).toEqual(['relay.pending']);
  const { answer } = await relay.frame(back, { id: 'q', method: 'relay.pending' });
  const { calls } = JSON.parse(answer!).result;
  await relay.frame(back, { id: calls[0].id, result: 'owed' });
  expect(answers(relay, app.socket)).toMatchObject([{ id: 1, result: 'owed' }]);
});

test('whoever ends a call waits a second for a listener whose connection hangs, and a guard tells it later', async () => {
  const { relay, runtime, app } = await paired();
  await ask(relay, app.socket, 7);
  const [{ id }] = commands(relay, runtime.socket);
  const { post } = relay.sockets;
  relay.sockets.post = async (_to, _frame, withinMs = 8_000) => {
    await relay.clock.sleep(withinMs);
    return 'unclear';
  };
  const endedAtMs = relay.clock.now();
  await relay.frame(runtime.socket, { id, result: 'late' });
  expect(relay.clock.now() - endedAtMs).toBe(1_000);
  relay.sockets.post = post;
  await relay.guardsUntil(endedAtMs + 5_000);
  expect(answers(relay, app.socket)).toMatchObject([{ id: 7, result: 'late' }]);
});

test('progress is told in the order of seq, once each, and before the answer', async () => {
  const { relay, runtime, app } = await paired();
  await ask(relay, app.socket, 7);
  const [{ id }] = commands(relay, runtime.socket);
  await Promise.all([0, 1, 2, 3, 4].map((seq) => relay.frame(runtime.socket, step(id, seq))));
  await relay.frame(runtime.socket, step(id, 6));
  await relay.frame(runtime.socket, step(id, 2));
  await relay.frame(runtime.socket, { id, result: 'whole' });
  expect(progress(relay, app.socket)).toEqual([0, 1, 2, 3, 4, 6]);
  expect(relay.framesTo(app.socket).at(-1)).toMatchObject({ id: 7, result: 'whole' });
});

test("an App that lost its socket goes on with another: what it missed, what comes, and the answer, under the call's own id", async () => {
  const { relay, runtime, app } = await paired();
  await ask(relay, app.socket, 1, { meta: { id: 'own', timeoutMs: 60_000 } });
  const [{ id }] = commands(relay, runtime.socket);
  for (const seq of [0, 1]) await relay.frame(runtime.socket, step(id, seq));
  await relay.sockets.close(app.socket);
  for (const seq of [2, 3]) await relay.frame(runtime.socket, step(id, seq));
  const newer = await relay.openApp(app.client);
  await relay.frame(newer, {
    id: 'r',
    method: 'relay.resume',
    params: { calls: [{ id: 'own', afterSeq: 1 }] },
  });
  await relay.frame(runtime.socket, step(id, 4));
  await relay.frame(runtime.socket, { id, result: 'done' });
  const [resumed, ...rest] = relay.framesTo(newer);
  expect(resumed).toMatchObject({ id: 'r', result: { calls: [{ id: 'own', status: 'running' }] } });
  expect(progress(relay, newer)).toEqual([2, 3, 4]);
  expect(rest.at(-1)).toMatchObject({ id: 'own', result: 'done', meta: { id: 'own' } });
});

test('an answer that found no socket waits for whoever resumes', async () => {
  const { relay, runtime, app } = await paired();
  await ask(relay, app.socket, 1, { meta: { id: 'own' } });
  const [{ id }] = commands(relay, runtime.socket);
  await relay.sockets.close(app.socket);
  await relay.frame(runtime.socket, step(id, 0));
  await relay.frame(runtime.socket, { id, result: 'kept' });
  const newer = await relay.openApp(app.client);
  const params = { calls: [{ id: 'own' }, { id: 'never' }] };
  await relay.frame(newer, { id: 'r', method: 'relay.resume', params });
  const statuses = [
    { id: 'own', status: 'ended' },
    { id: 'never', status: 'unknown' },
  ];
  expect(relay.framesTo(newer)).toMatchObject([
    { id: 'r', result: { calls: statuses } },
    { event: 'relay.progress', params: { id: 'own', seq: 0 } },
    { id: 'own', result: 'kept' },
  ]);
});

test('without names every running call of the client is resumed, and none of another', async () => {
  const { relay, runtime, app } = await paired();
  const code = await relay.code(runtime.gatewayId);
  const other = await relay.app(code);
  await ask(relay, other.socket, 1, { meta: { id: 'theirs' } });
  for (const id of ['one', 'two']) await ask(relay, app.socket, id, { meta: { id } });
  const newer = await relay.openApp(app.client);
  await relay.frame(newer, { id: 'r', method: 'relay.resume' });
  const { result } = relay.framesTo(newer)[0]!;
  expect(result.calls.map(({ id }: { id: string }) => id).sort()).toEqual(['one', 'two']);
  for (const { id } of commands(relay, runtime.socket)) await relay.frame(runtime.socket, { id, result: 1 });
  expect(
    answers(relay, newer)
      .slice(1)
      .map(({ id }) => id)
      .sort(),
  ).toEqual(['one', 'two']);
});

test('an answer whose post goes wrong is posted again, by a guard if need be', async () => {
  let fails = 4;
  const { relay, runtime, app } = await paired((id, verb) =>
    id.startsWith('app') && verb === 'post' && fails-- > 0 ? 'unclear' : 'open',
  );
  await ask(relay, app.socket, 1);
  const [{ id }] = commands(relay, runtime.socket);
  await relay.frame(runtime.socket, { id, result: 'in the end' });
  expect(answers(relay, app.socket)).toEqual([]);
  await relay.guardsUntil(relay.clock.now() + 5_000);
  expect(answers(relay, app.socket)).toMatchObject([{ id: 1, result: 'in the end' }]);
});

test('of 200 calls at one time on one socket 64 run, the others hear of the quota, and none is lost', async () => {
  const { relay, runtime, app } = await paired();
  await Promise.all(Array.from({ length: 200 }, (_, n) => ask(relay, app.socket, n)));
  expect(commands(relay, runtime.socket)).toHaveLength(64);
  const refused = answers(relay, app.socket);
  expect(refused).toHaveLength(136);
  for (const { error } of refused)
    expect(error.data).toMatchObject({ code: 'rate_limited', retry: 'same-id' });
  for (const { id } of commands(relay, runtime.socket))
    await relay.frame(runtime.socket, { id, result: 'ok' });
  // The same ids again: those that were refused never were.
  for (const { id } of refused) {
    await ask(relay, app.socket, id);
    const command = commands(relay, runtime.socket).at(-1)!;
    await relay.frame(runtime.socket, { id: command.id, result: 'ok' });
  }
  const told = answers(relay, app.socket).filter(({ ok }) => ok);
  expect(new Set(told.map(({ id }) => id)).size).toBe(200);
});

test('calls of one id on two sockets of a client are two calls', async () => {
  const { relay, runtime, app } = await paired();
  const newer = await relay.openApp(app.client);
  await ask(relay, app.socket, 1, { params: 'a' });
  await ask(relay, newer, 1, { params: 'b' });
  for (const { id, params } of commands(relay, runtime.socket))
    await relay.frame(runtime.socket, { id, result: params });
  expect(answers(relay, app.socket)).toMatchObject([{ id: 1, result: 'a' }]);
  expect(answers(relay, newer)).toMatchObject([{ id: 1, result: 'b' }]);
});

const strange = [
  ['nothing', undefined],
  ['null', null],
  ['a text of a thousand characters', 'x'.repeat(1_000)],
] as const;
test.each(strange)('a request whose id is %s is refused and opens nothing', async (_, id) => {
  const { relay, runtime, app } = await paired();
  await ask(relay, app.socket, id);
  expect(answers(relay, app.socket)).toMatchObject([{ id: null, error: { code: -32600 } }]);
  expect(commands(relay, runtime.socket)).toEqual([]);
});

test('calls of a client that is revoked are cancelled, and a reply that comes later reaches nobody', async () => {
  const { relay, runtime, app } = await paired((id, verb) =>
    // The close goes wrong: the socket is still open.
    id.startsWith('app') && verb === 'close' ? 'unclear' : 'open',
  );
  await ask(relay, app.socket, 1, { meta: { timeoutMs: 60_000 } });
  const [{ id }] = commands(relay, runtime.socket);
  await relay.revoke(runtime.relaySecret, app.clientId);
  await relay.guardsUntil(relay.clock.now() + 2_000);
  expect(relay.framesTo(runtime.socket).map(({ event }) => event)).toContain('relay.cancel');
  expect(causes(relay)).toEqual(['ended by the revocation of its client, found by a guard']);
  expect(await relay.frame(runtime.socket, { id, result: 'secret' })).toEqual({ reply: 'already-ended' });
  expect(JSON.stringify(relay.framesTo(app.socket))).not.toContain('secret');
  await ask(relay, app.socket, 2);
  expect(answers(relay, app.socket).at(-1)?.error.data).toMatchObject({ code: 'unauthorized' });
  expect(commands(relay, runtime.socket)).toHaveLength(1);
});

test('a revocation that died behind its write is seen through by a guard', async () => {
  const { relay, runtime, app } = await paired();
  await ask(relay, app.socket, 1, { meta: { timeoutMs: 60_000 } });
  const { remove } = relay.clients;
  relay.clients.remove = async (...which) => {
    await remove(...which);
    throw new Error('The answer was lost.');
  };
  await expect(relay.revoke(runtime.relaySecret, app.clientId)).rejects.toThrow();
  relay.clients.remove = remove;
  await expect(relay.revoke(runtime.relaySecret, app.clientId)).rejects.toThrow('no such client');
  await relay.guardsUntil(relay.clock.now() + 9_000);
  expect(relay.framesTo(runtime.socket).map(({ event }) => event)).toContain('relay.cancel');
  expect(relay.closed).toContain(app.socket);
});

test('the guard of a revocation that was not done ends nothing', async () => {
  const { relay, runtime, app } = await paired();
  await ask(relay, app.socket, 1, { meta: { timeoutMs: 60_000 } });
  const { remove } = relay.clients;
  relay.clients.remove = async () => {
    throw new Error('Throttled.');
  };
  await expect(relay.revoke(runtime.relaySecret, app.clientId)).rejects.toThrow('Throttled.');
  relay.clients.remove = remove;
  await relay.guardsUntil(relay.clock.now() + 9_000);
  expect(relay.framesTo(runtime.socket).map(({ event }) => event)).not.toContain('relay.cancel');
  expect(relay.closed).not.toContain(app.socket);
});

test('a function whose guard could not be sent returns when its command has left, not before', async () => {
  const { relay, runtime, app } = await paired();
  const aTurn = () => new Promise((resolve) => setImmediate(resolve));
  relay.queue.guards.send = async () => {
    await aTurn();
    throw new Error('The queue is away.');
  };
  const { post } = relay.sockets;
  let letGo = () => {};
  relay.sockets.post = async (to, ...more) => {
    if (to === runtime.socket)
      await new Promise<void>((resolve) => {
        letGo = resolve;
      });
    return await post(to, ...more);
  };
  let isBack = false;
  const asked = ask(relay, app.socket, 1).then(() => {
    isBack = true;
  });
  for (let turns = 0; turns < 5; turns++) await aTurn();
  expect(isBack).toBe(false);
  letGo();
  await asked;
  expect(commands(relay, runtime.socket)).toHaveLength(1);
  expect(answers(relay, app.socket)).toMatchObject([{ ok: false }]);
});

const poison = [
  '',
  'null',
  '[]',
  '{"kind":"call"}',
  '{"kind":"constructor"}',
  '{"kind":"left","gatewayId":5}',
];
test.each(poison)('a message %p is no guard', (body) => {
  expect(() => readGuard(body)).toThrow();
});
