/** An App on a socket that goes on with calls of another socket, and the ticket that opens one. */
import { suiteOf } from '../../harness/case';
import { equal, fits, holds } from '../../harness/expect';
import type { Frame, Peer } from '../../wire/peer';
import { type App, type ServerWorld, silent } from '../world';

const { cases, section, it } = suiteOf<ServerWorld>('calls');
export const appResume = cases;

const ticketOf = (w: ServerWorld, { clientToken }: App) =>
  w.ask('POST /api/relay/tickets', { credential: clientToken, body: {} });
const statusOf = (attempt: Promise<Peer>) =>
  attempt.then(
    () => 101,
    (error) => error.status,
  );
/** A running call of a socket that has gone, and a new socket. */
async function moved(w: ServerWorld, steps: number) {
  const house = await w.household(silent);
  const first = await w.appSocket(house);
  first.send({ jsonrpc: '2.0', id: 1, method: 'm', meta: { id: 'moved', timeoutMs: 60_000 } });
  const { id } = await house.runtime.command('m');
  for (let seq = 0; seq < steps; seq++) house.runtime.step(id, seq, `step ${seq}`);
  if (steps > 0) await first.frame({ event: 'relay.progress', params: { seq: steps - 1 } });
  await first.close();
  return { ...house, rpcId: id, socket: await w.appSocket(house) };
}
const seqsOf = (socket: Peer, id: string) =>
  socket.frames
    .filter((frame: Frame) => frame.event === 'relay.progress' && frame.params.id === id)
    .map(({ params }: Frame) => params.seq);

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
it(
  'resume',
  '**`relay.resume`** `{ calls?: [{ id, afterSeq? }] }`: go on with calls on this socket, by their own ids;',
  async (w) => {
    const { socket, runtime, rpcId } = await moved(w, 3);
    const { result } = await socket.ask('relay.resume', { calls: [{ id: 'moved', afterSeq: 0 }] });
    equal(result, { calls: [{ id: 'moved', status: 'running' }] }, 'what a resume is answered');
    await socket.frame({ event: 'relay.progress', params: { id: 'moved', seq: 2 } });
    runtime.reply(rpcId, 'whole');
    fits(await socket.frame({ id: 'moved', type: 'res' }), { ok: true, result: 'whole' });
    equal(seqsOf(socket, 'moved'), [1, 2], 'the steps after `afterSeq`');
  },
);
it('resume-all', 'without `calls`, with all that run, from their beginning.', async (w) => {
  const { socket, runtime, rpcId } = await moved(w, 2);
  let calls: Frame[] = [];
  while (calls.length === 0) calls = (await socket.ask('relay.resume', {})).result.calls;
  equal(calls, [{ id: 'moved', status: 'running' }], 'what runs');
  await socket.frame({ event: 'relay.progress', params: { id: 'moved', seq: 1 } });
  runtime.reply(rpcId, 'whole');
  await socket.frame({ id: 'moved', type: 'res' });
  equal([...new Set(seqsOf(socket, 'moved'))], [0, 1], 'the steps');
});
it(
  'resume-statuses',
  'It is answered `{ calls: [{ id, status: "running" | "ended" | "unknown" }] }`.',
  async (w) => {
    const { socket, runtime, rpcId } = await moved(w, 0);
    const statuses = async () =>
      (await socket.ask('relay.resume', { calls: [{ id: 'moved' }, { id: 'never' }] })).result.calls;
    equal(
      await statuses(),
      [
        { id: 'moved', status: 'running' },
        { id: 'never', status: 'unknown' },
      ],
      'the statuses',
    );
    runtime.reply(rpcId, 1);
    await socket.frame({ id: 'moved', type: 'res' });
    equal((await statuses())[0], { id: 'moved', status: 'ended' }, 'the status of a call that has ended');
  },
);
it(
  'resume-ended',
  "Then come, under the call's own id, the progress after `afterSeq`, and the answer: at once where the call has ended, else when it does.",
  async (w) => {
    const { socket, runtime, rpcId, gateway, app } = await moved(w, 2);
    runtime.reply(rpcId, 'over');
    await runtime.settled();
    for (let status = 202; status === 202; ) status = (await w.look(app, 'moved')).status;
    fits((await socket.ask('relay.resume', { calls: [{ id: 'moved' }] })).result, {
      calls: [{ status: 'ended' }],
    });
    fits(await socket.frame({ id: 'moved', type: 'res' }), {
      ok: true,
      result: 'over',
      meta: { id: 'moved', outcome: 'answered' },
    });
    equal(seqsOf(socket, 'moved'), [0, 1], `the steps of ${gateway.gatewayId}`);
  },
);
it('resume-both', 'The socket that asked first is told as well, if it is still there.', async (w) => {
  const house = await w.household(silent);
  const [first, second] = [await w.appSocket(house), await w.appSocket(house)];
  const answer = w.onSocket(first, 1, 'm', { meta: { id: 'both' } });
  const { id } = await house.runtime.command();
  await second.ask('relay.resume', { calls: [{ id: 'both' }] });
  house.runtime.reply(id, 'for both');
  fits(await answer, { result: 'for both' });
  fits(await second.frame({ id: 'both', type: 'res' }), { result: 'for both' });
});
it(
  'socket-steps-in-order',
  'Progress comes in the order of `seq`, all of it before the answer, each step once unless a function died in between or the runtime answered twice:',
  async (w) => {
    const house = await w.household(silent);
    const socket = await w.appSocket(house);
    const answer = w.onSocket(socket, 7, 'm');
    const { id } = await house.runtime.command();
    for (let seq = 0; seq < 10; seq++) house.runtime.step(id, seq, seq);
    await socket.frame({ event: 'relay.progress', params: { seq: 9 } });
    house.runtime.reply(id, 'end');
    await answer;
    const told = socket.frames.filter((frame: Frame) => frame.event === 'relay.progress' || frame.id === 7);
    equal(
      told.map(({ params }: Frame) => params?.seq ?? 'end'),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 'end'],
      'the steps and the answer',
    );
  },
);
it('resume-repeats', 'What a new socket is given may repeat what the old one was.', async (w) => {
  const { socket, runtime, rpcId } = await moved(w, 3);
  await socket.ask('relay.resume', { calls: [{ id: 'moved' }] });
  await socket.frame({ event: 'relay.progress', params: { id: 'moved', seq: 2 } });
  runtime.reply(rpcId, 1);
  await socket.frame({ id: 'moved', type: 'res' });
  equal(seqsOf(socket, 'moved'), [0, 1, 2], 'the steps');
});
it(
  'socket-answer-is-kept',
  "An App that hears nothing by its deadline and a few seconds asks: `relay.resume` with the call's id, or `GET /api/relay/rpc/{id}`.",
  async (w) => {
    const house = await w.household();
    const socket = await w.appSocket(house);
    await w.onSocket(socket, 1, 'echo', { params: 'kept', meta: { id: 'kept' } });
    fits(await w.look(house.app, 'kept'), { status: 200, body: { ok: true, result: 'kept' } });
  },
  { also: [['An App on a socket', 'The answer is kept for ten minutes.']] },
);
it(
  'socket-grace',
  'A call that found no runtime reaches the one that comes within the grace one to three seconds after its handshake; deadlines come up to two seconds late.',
  async (w) => {
    const gateway = await w.register();
    const socket = await w.appSocket({ gateway, app: await w.redeem(gateway.accessCode) });
    const answer = w.onSocket(socket, 1, 'echo', { params: 'worth the wait', meta: { timeoutMs: 20_000 } });
    await socket.settled();
    await w.runtime(gateway);
    fits(await answer, { ok: true, result: 'worth the wait' });
  },
);
it(
  'socket-deadline',
  'deadlines come up to two seconds late.',
  async (w) => {
    const socket = await w.appSocket(await w.household(silent));
    const sinceMs = Date.now();
    fits(await w.onSocket(socket, 1, 'm', { meta: { timeoutMs: 1_000 } }), {
      error: { data: { code: 'rpc_timeout' } },
    });
    holds(Date.now() - sinceMs < 8_000, `the end came after ${Date.now() - sinceMs} ms`);
  },
  {
    also: [
      [
        'The states of a call',
        "A call on an App's socket has no waiter: a guard, which is a delayed message, looks at it at its deadline and at the end of a grace, so nothing ends in silence.",
      ],
    ],
  },
);
it(
  'socket-many-calls',
  '64 sockets may hear of one call; 64 calls of a client may run.',
  async (w) => {
    const house = await w.household(silent);
    const socket = await w.appSocket(house);
    for (let n = 0; n < 64; n++)
      socket.send({
        jsonrpc: '2.0',
        id: n,
        method: 'm',
        params: n,
        meta: { id: `c${n}`, timeoutMs: 60_000 },
      });
    while (house.runtime.commands().length < 64) await socket.settled();
    // Those that are not refused have no answer: their runtime is silent.
    const beyond = Array.from({ length: 16 }, (_, n) =>
      w.onSocket(socket, 64 + n, 'm', { params: n, meta: { id: `c${64 + n}`, timeoutMs: 60_000 } }),
    );
    const refused: Frame = await Promise.race(beyond);
    fits(refused, { error: { data: { status: 429, code: 'rate_limited' } } });
    fits(await w.look(house.app, `c${refused.id}`), { status: 404 }, 'the call that was refused');
  },
  {
    also: [
      ['An App on a socket', "Those beyond are answered 429's problem, and were not opened."],
      [
        'Limits',
        "| calls under way, of a client / of a gateway | 64 / 256 (the first 8 of each client always) | 429 with the call's `id`: one by HTTP goes on, one on a socket was not opened |",
      ],
    ],
  },
);
