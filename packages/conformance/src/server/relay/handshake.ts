/** Who may open a socket, and what it is told. */
import { suiteOf } from '../../harness/case';
import { equal, fits, holds } from '../../harness/expect';
import type { Peer } from '../../wire/peer';
import { silent } from '../household';
import type { ServerWorld } from '../world';

const { cases, section, it } = suiteOf<ServerWorld>('relay');
export const handshake = cases;
const statusOf = (attempt: Promise<Peer>) =>
  attempt.then(
    () => 101,
    (error) => error.status,
  );

section('WebSocket `/relay`');

it('role-by-credential', 'The credential decides the role.', async (w) => {
  const house = await w.household();
  const socket = await w.appSocket(house);
  fits(await house.runtime.ask('relay.hello', {}), { result: { limits: Object, clientId: undefined } });
  fits(await socket.ask('relay.hello'), { result: { clientId: house.app.clientId } });
});

const wrong: Array<[string, string | undefined]> = [
  ['none', undefined],
  ['unknown-secret', `ats_${'A'.repeat(59)}`],
  ['unknown-token', `atc_${'A'.repeat(75)}`],
  ['nonsense', 'hello'],
];
for (const [id, credential] of wrong)
  it(`handshake-${id}`, 'A wrong one is refused at the handshake with 401,', async (w) => {
    const { gateway } = await w.shared();
    equal(
      await statusOf(w.peer(gateway.relayUrl, credential === undefined ? {} : { credential })),
      401,
      'the handshake',
    );
  });
it('handshake-other-gateway', 'one for another gateway than the URL names with 403.', async (w) => {
  const { gateway, app } = await w.shared();
  const other = await w.register();
  equal(
    await statusOf(w.peer(gateway.relayUrl, { credential: other.relaySecret })),
    403,
    "another runtime's handshake",
  );
  equal(
    await statusOf(w.peer(other.relayUrl, { credential: app.clientToken })),
    403,
    "another App's handshake",
  );
});

it(
  'both-conventions',
  "What the server sends is JSON-RPC 2.0 and carries OpenClaw's `type` (`req`, `res`, `event`) beside it, so that a runtime built on either reads it.",
  async (w) => {
    const { runtime, app } = await w.household(silent);
    fits(await runtime.ask('relay.hello', {}), { jsonrpc: '2.0', type: 'res', ok: true });
    void w.call(app, { method: 'm', id: 'c', timeoutMs: 5_000 }).catch(() => {});
    fits(await runtime.command('m'), { jsonrpc: '2.0', type: 'req' });
    await w.cancel(app, 'c');
    fits(await runtime.frame({ event: 'relay.cancel' }), {
      jsonrpc: '2.0',
      type: 'event',
      method: 'relay.cancel',
    });
  },
);
it('text-frames', 'Frames are text.', async (w) => {
  const { gateway } = await w.household();
  const socket = await w.runtime(gateway);
  const kinds: boolean[] = [];
  socket.socket.on('message', (_, isBinary) => kinds.push(isBinary));
  await socket.settled();
  holds(kinds.length > 0 && !kinds.includes(true), 'a frame of the server was binary');
});
