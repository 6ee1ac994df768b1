/** A runtime's connection: how it registers, connects, hands over, comes back, and what it takes a loss for. */
import { suiteOf } from '../harness/case';
import { equal, fits, holds } from '../harness/expect';
import { problem } from './relay-double';
import { commandFrame } from './relay-socket';
import { type RuntimeWorld, repliesTo, replyTo, resultOf } from './world';

const { cases, section, it } = suiteOf<RuntimeWorld>('connection');
export const connection = cases;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

section('Routes');

it('registers', '| `POST /api/relay/register` | registration token |', async (w) => {
  const { relay } = await w.shared();
  const { body } = await relay.registration();
  fits(body, { runtimeType: (type) => typeof type === 'string' && type.length >= 1 && type.length <= 64 });
});
it('registers-once', '| `POST /api/relay/register` | registration token |', async (w) => {
  const { relay } = await w.shared();
  await w.call('echo', 1);
  const all = relay.requests.filter(({ route }) => route === 'POST /api/relay/register');
  equal(all.filter(({ body }) => body?.gatewayId === undefined).length, 1, 'new identities');
});
it(
  'keeps-identity',
  '| same, with `gatewayId` and `relaySecret` in the body | registration token | as above | 200: the same identity with fresh details and a new code; its clients stay paired |',
  async (w) => {
    const { relay, restart } = await w.start();
    await relay.socket();
    const { gatewayId, relaySecret } = relay;
    await restart();
    await relay.until(() => relay.sockets.filter(({ asked }) => asked('relay.hello').length > 0).length >= 2);
    equal(
      [relay.gatewayId, relay.relaySecret === relaySecret],
      [gatewayId, true],
      'the identity after a restart',
    );
  },
);

section('Credentials');

it('bearer-token', 'They travel in `Authorization: Bearer …`.', async (w) => {
  const { relay } = await w.shared();
  holds((await relay.registration()).credential, 'the registration had no bearer');
});
it('secret-in-no-body', 'They travel in `Authorization: Bearer …`.', async (w) => {
  const { relay, socket } = await w.shared();
  await w.call('echo', 1);
  for (const frame of socket.frames)
    holds(!JSON.stringify(frame ?? '').includes(relay.relaySecret), 'a frame holds the secret');
});

section('Places');

it(
  'url-as-it-is',
  '`relayUrl` in an answer is complete: a runtime connects to it as it is and adds only its secret.',
  async (w) => {
    const { relay, socket } = await w.shared();
    holds(socket.isOpen && relay.handshakesAtMs.length > 0, 'no socket came');
  },
);

section("A runtime's connection");

it('hello', 'A runtime says once per socket what it can do, and asks what it still owes:', async (w) => {
  const { socket } = await w.shared();
  const [hello] = socket.asked('relay.hello');
  fits(hello, {
    id: (id) => id !== undefined && id !== null,
    method: 'relay.hello',
    params: { features: Array },
  });
});
it('hello-once', 'A runtime says once per socket what it can do, and asks what it still owes:', async (w) => {
  const { socket } = await w.shared();
  await w.call('echo', 1);
  equal(socket.asked('relay.hello').length, 1, 'how often it said hello');
});
it(
  'asks-pending',
  'A runtime says once per socket what it can do, and asks what it still owes:',
  async (w) => {
    const { relay, socket } = await w.shared();
    await relay.until(() => socket.asked('relay.pending').length > 0);
  },
);
it(
  'pending-again',
  '| `pending` | asks `relay.pending` again when it is sent an event of that name |',
  async (w) => {
    const { relay } = await w.start();
    const socket = await relay.socket();
    await relay.until(() => socket.asked('relay.pending').length > 0);
    const { features } = socket.asked('relay.hello')[0].params;
    if (!features.includes('pending')) return;
    const before = socket.asked('relay.pending').length;
    relay.owed = [commandFrame('rpc_told', 'echo', 'told')];
    socket.event('relay.pending', { id: 'rpc_told' });
    await relay.until(() => socket.asked('relay.pending').length > before);
    equal(resultOf(await replyTo(relay, 'rpc_told')), 'told', 'the result');
  },
);
it(
  'portal',
  "A 401 or 403 that is not the relay's own problem (a portal's, a proxy's) proves nothing.",
  async (w) => {
    const { relay } = await w.start({
      handshakes: [{ status: 403, type: 'text/html', body: '<html>Sign in</html>' }],
    });
    await relay.socket();
    const { gatewayId } = relay;
    equal(
      relay.requests.filter(
        ({ route, body }) => route === 'POST /api/relay/register' && body?.gatewayId === undefined,
      ).length,
      1,
      `new identities beside ${gatewayId}`,
    );
  },
);
it(
  'waits-and-tries',
  "A 401 or 403 that is not the relay's own problem (a portal's, a proxy's) proves nothing.",
  async (w) => {
    const busy = { status: 503, type: 'text/plain', body: 'busy' };
    const { relay } = await w.start({ handshakes: [busy, busy, busy] });
    await relay.socket();
    const [first, , , fourth] = relay.handshakesAtMs;
    holds(
      relay.handshakesAtMs.length === 4 && fourth! - first! >= 200,
      `four handshakes within ${fourth! - first!} ms`,
    );
  },
);
it(
  'own-problem-is-asked',
  "A 401 or 403 that is not the relay's own problem (a portal's, a proxy's) proves nothing.",
  async (w) => {
    const { relay } = await w.start({ handshakes: [problem(401)] });
    await relay.until(
      () =>
        relay.requests.some(({ route }) => route === 'GET /api/relay/status') ||
        relay.handshakesAtMs.length > 1,
    );
    await relay.socket();
    equal(
      relay.requests.filter(
        ({ route, body }) => route === 'POST /api/relay/register' && body?.gatewayId === undefined,
      ).length,
      1,
      'new identities',
    );
  },
);

section('Credentials');

it(
  'registers-anew',
  'Where an answer with a rotated secret is lost, the runtime registers anew.',
  async (w) => {
    const { relay, ended } = await w.start();
    const socket = await relay.socket();
    const { gatewayId } = relay;
    relay.forget();
    socket.socket.terminate();
    const next = await Promise.race([
      relay.until(() => relay.gatewayId !== gatewayId && 'anew'),
      ended.then(() => 'ended'),
    ]);
    holds(
      next === 'anew' || next === 'ended',
      'a runtime whose identity is lost neither registers anew nor ends',
    );
  },
);

section('WebSocket `/relay`');

it(
  'hands-over',
  'A runtime sends something every `keepaliveMs`, reconnects with jitter before `reconnectAfterMs`, and opens the new socket before it closes the old one.',
  async (w) => {
    const { relay } = await w.start({ policy: { reconnectAfterMs: 2_000, maxConnectionMs: 60_000 } });
    const first = await relay.socket();
    await relay.until(() => relay.sockets.length >= 2);
    const second = relay.sockets[1]!;
    holds(
      first.closedAtMs === undefined || first.closedAtMs >= second.openedAtMs,
      'the old socket was closed before the new one was open',
    );
    equal(
      resultOf(await replyTo(relay, (await relay.socket()).command('echo', 'over'))),
      'over',
      'the result',
    );
  },
);
it(
  'hand-over-keeps-calls',
  'A runtime sends something every `keepaliveMs`, reconnects with jitter before `reconnectAfterMs`, and opens the new socket before it closes the old one.',
  async (w) => {
    const { relay } = await w.start({ policy: { reconnectAfterMs: 2_000, maxConnectionMs: 60_000 } });
    const first = await relay.socket();
    const id = first.command('count', { to: 4 });
    equal(resultOf(await replyTo(relay, id)), { counted: 4 }, 'the result of a call across a hand-over');
    equal(repliesTo(relay, id).length, 1, 'replies');
  },
);
it('keepalive', 'A runtime sends something every `keepaliveMs`,', async (w) => {
  const { relay } = await w.start({ policy: { keepaliveMs: 1_000 } });
  const socket = await relay.socket();
  const quiet = () =>
    socket.frames.filter((frame) => frame?.method === 'relay.ping' || frame?.type === 'ping').length;
  await relay.until(() => quiet() >= 2);
});

section('How the server closes a socket');

it(
  'loss',
  "1001 and 1009 are API Gateway's own (see the limits), and a close without `relay.closing` is a loss: reconnect.",
  async (w) => {
    const { relay } = await w.start();
    (await relay.socket()).socket.close(1001);
    await relay.until(() => relay.sockets.length >= 2);
    equal(
      resultOf(await replyTo(relay, (await relay.socket()).command('echo', 'back'))),
      'back',
      'the result',
    );
  },
);
it(
  'rotated',
  '| 4001 | the credential is no longer valid: rotated, revoked | do not reconnect with it |',
  async (w) => {
    const { relay, ended } = await w.start();
    const socket = await relay.socket();
    const { gatewayId } = relay;
    relay.forget();
    socket.event('relay.closing', { code: 4001, reason: 'rotated' });
    socket.socket.close(1000);
    await Promise.race([relay.until(() => relay.gatewayId !== gatewayId), ended]);
    holds(relay.handshakesAtMs.length <= 3, `${relay.handshakesAtMs.length} handshakes`);
  },
);
it(
  'replaced',
  "| 4008 | a newer socket of the same credential took this one's place | nothing: the newer one serves |",
  async (w) => {
    const { relay } = await w.start();
    const socket = await relay.socket();
    socket.event('relay.closing', { code: 4008, reason: 'replaced' });
    socket.socket.close(1000);
    await pause(1_500);
    holds(
      relay.handshakesAtMs.length <= 2,
      `${relay.handshakesAtMs.length} handshakes within 1.5 s: two processes would drive each other out`,
    );
  },
);

section('What a runtime still owes');

it('owed-is-done', 'A runtime that comes back asks `relay.pending` and,', async (w) => {
  const { relay } = await w.start();
  const first = await relay.socket();
  relay.owed = [commandFrame('rpc_owed', 'echo', { owed: true })];
  first.socket.terminate();
  equal(resultOf(await replyTo(relay, 'rpc_owed')), { owed: true }, 'the result of what was owed');
});
it('held-is-not-run-again', 'a command that it holds already is in the list as well.', async (w) => {
  const { relay } = await w.start();
  const first = await relay.socket();
  first.command('count', { to: 4 }, { id: 'rpc_held' });
  await relay.until(() => first.steps('rpc_held').length > 0);
  relay.owed = [commandFrame('rpc_held', 'count', { to: 4 })];
  first.socket.terminate();
  equal(resultOf(await replyTo(relay, 'rpc_held')), { counted: 4 }, 'the result');
  const seqs = relay.sockets.flatMap((socket) => socket.steps('rpc_held').map(({ seq }) => seq));
  equal([...new Set(seqs)].sort(), [0, 1, 2, 3], 'the steps, some of which may be told again');
});
