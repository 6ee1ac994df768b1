/** A runtime's connection: how it registers, connects, and what it takes a refusal for. */
import { suiteOf } from '../harness/case';
import { equal, fits, holds } from '../harness/expect';
import { commandFrame } from './relay-socket';
import { problem } from './words-of-double';
import { type RuntimeWorld, replyTo, resultOf } from './world';

const { cases, section, it } = suiteOf<RuntimeWorld>('connection');
export const connection = cases;

section('Routes');

it('registers', '| `POST /api/relay/register` | registration token |', async (w) => {
  const { body } = await (await w.relay()).registration();
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
  holds((await (await w.relay()).registration()).credential, 'the registration had no bearer');
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
    const { relay } = await w.shared();
    const { pathname, searchParams } = relay.addresses[0]!;
    searchParams.delete('secret');
    equal(
      `${pathname}?${searchParams}`,
      `/relay/${relay.gatewayId}?gatewayId=${relay.gatewayId}`,
      'the address of its socket',
    );
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
