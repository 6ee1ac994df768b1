/** What opens an App's socket, and the small rules of one. */
import { suiteOf } from '../../harness/case';
import { equal, fits, holds } from '../../harness/expect';
import type { Peer } from '../../wire/peer';
import { type App, silent } from '../household';
import type { ServerWorld } from '../world';

const { cases, section, it } = suiteOf<ServerWorld>('calls');
export const appTicket = cases;

const ticketOf = (w: ServerWorld, { clientToken }: App) =>
  w.ask('POST /api/relay/tickets', { credential: clientToken, body: {} });
const statusOf = (attempt: Promise<Peer>) =>
  attempt.then(
    () => 101,
    (error) => error.status,
  );

section('Credentials');

it(
  'ticket-life',
  "| App's ticket | `atk_` + base64url | one socket of one App | 256 bits | 60 seconds, one use | SHA-256 | its use, and whatever ends its client |",
  async (w) => {
    const { app } = await w.household();
    const { body } = await ticketOf(w, app);
    fits(body.ticket, /^atk_[\w-]{43,}$/, 'the ticket');
    const seconds = (Date.parse(body.expiresAt) - Date.now()) / 1_000;
    holds(seconds > 30 && seconds <= 60.5, `a ticket lives ${seconds} s`);
    await w.peer(body.url);
    equal(await statusOf(w.peer(body.url)), 401, 'a second use of a ticket');
  },
);
it('ticket-of-revoked', 'its use, and whatever ends its client |', async (w) => {
  const { gateway, app } = await w.household();
  const { body } = await ticketOf(w, app);
  await w.ask(`DELETE /api/relay/clients/${app.clientId}`, { credential: gateway.relaySecret });
  equal(await statusOf(w.peer(body.url)), 401, 'a ticket of a client that was revoked');
});

section('Routes');

it(
  'tickets',
  '| `POST /api/relay/tickets` | client token | `{}` | 201 `{ ticket, expiresAt, url }`: a URL that opens one socket of this App, for browsers |',
  async (w) => {
    const { gateway, app } = await w.household();
    const { status, body } = await ticketOf(w, app);
    fits([status, body], [201, { ticket: String, expiresAt: String, url: /^wss?:/ }]);
    holds(!body.url.includes(app.clientToken), 'the url holds the client token');
    fits(await w.ask('POST /api/relay/tickets', { credential: gateway.relaySecret, body: {} }), {
      status: 401,
    });
  },
);

section('An App on a socket');

it(
  'socket-by-ticket',
  'An App connects with its client token, or with a ticket (`POST /api/relay/tickets`), which a browser can put into the URL.',
  async (w) => {
    const { app } = await w.household();
    const { body } = await ticketOf(w, app);
    const socket = await w.peer(body.url);
    fits(await w.onSocket(socket, 1, 'echo', { params: 'by ticket' }), { ok: true, result: 'by ticket' });
  },
);
it('socket-id-length', "under the App's own id (128 characters at most).", async (w) => {
  const socket = await w.appSocket(await w.household());
  const id = 'i'.repeat(128);
  fits(await w.onSocket(socket, id, 'echo', { params: 1 }), { ok: true });
  socket.send({ jsonrpc: '2.0', id: `${id}i`, method: 'echo' });
  fits(await socket.frame({ error: Object }), { error: { code: -32600 } });
});
it('socket-pushed', 'Nobody waits meanwhile: whoever ends the call pushes its answer,', async (w) => {
  const { app, gateway, runtime } = await w.household(silent);
  const socket = await w.appSocket({ gateway, app });
  const [first, second] = [w.onSocket(socket, 1, 'one'), w.onSocket(socket, 2, 'two')];
  const [{ id: one }, { id: two }] = [await runtime.command('one'), await runtime.command('two')];
  runtime.reply(two, 'second');
  fits(await second, { result: 'second', meta: { outcome: 'answered' } });
  runtime.reply(one, 'first');
  fits(await first, { result: 'first' });
});
it('socket-cancel-by-call', "`relay.cancel` `{ id }` (the request's, or the call's own), and", async (w) => {
  const { app, gateway, runtime } = await w.household(silent);
  const socket = await w.appSocket({ gateway, app });
  const stopped = w.onSocket(socket, 3, 'long', { meta: { id: 'by-call' } });
  await runtime.command('long');
  fits(await w.onSocket(socket, 4, 'relay.cancel', { params: { id: 'by-call' } }), {
    result: { outcome: 'cancelled' },
  });
  fits(await stopped, { ok: false, error: { code: 'cancelled' } });
});
