/** Several sockets of one runtime, what it still owes, and how the server closes one. */
import { suiteOf } from '../../harness/case';
import { equal, fits, holds } from '../../harness/expect';
import { answers, type ServerWorld, silent } from '../world';

const { cases, section, it } = suiteOf<ServerWorld>('relay');
export const sockets = cases;

section('WebSocket `/relay`');

it(
  'reply-counts-once',
  'A reply counts from a socket of the gateway that the command went to, once, before its deadline.',
  async (w) => {
    const { app, runtime } = await w.household(({ id }, peer) => {
      peer.reply(id, 'first');
      peer.reply(id, 'second');
    });
    fits(await w.call(app, { method: 'm', id: 'twice' }), { body: { result: 'first' } });
    await runtime.settled();
    fits(await w.look(app, 'twice'), { body: { result: 'first' } });
  },
);
it(
  'reply-of-another',
  'A reply counts from a socket of the gateway that the command went to, once, before its deadline.',
  async (w) => {
    const [{ app, runtime }, stranger] = await Promise.all([w.household(silent), w.register()]);
    const thief = await w.runtime(stranger);
    const answer = w.call(app, { method: 'm' });
    const { id } = await runtime.command();
    thief.reply(id, 'stolen');
    await thief.settled();
    runtime.reply(id, 'right');
    fits(await answer, { body: { ok: true, result: 'right' } });
  },
);
it(
  'reply-too-late',
  'A reply counts from a socket of the gateway that the command went to, once, before its deadline.',
  async (w) => {
    const { app, runtime } = await w.household(silent);
    await w.call(app, { method: 'm', id: 'late', timeoutMs: 1_000 });
    runtime.reply((await runtime.command()).id, 'late');
    await runtime.settled();
    fits(await w.look(app, 'late'), { status: 504 });
  },
);
it(
  'newest-gets-commands',
  'A gateway may hold four sockets: the newest gets the commands, older ones may still reply.',
  async (w) => {
    const gateway = await w.register();
    const older = await w.runtime(gateway, silent);
    const app = await w.redeem(gateway.accessCode);
    const first = w.call(app, { method: 'one' });
    const { id } = await older.command('one');
    await w.runtime(gateway);
    older.reply(id, 'from the older');
    fits(await first, { body: { result: 'from the older' } });
    fits(await w.call(app, { method: 'two', params: 2 }), { body: { result: 2 } });
    equal(older.commands().length, 1, 'commands that the older socket got');
  },
);
it('next-takes-over', 'When the newest goes, the next one takes over;', async (w) => {
  const gateway = await w.register();
  await w.runtime(gateway);
  const newer = await w.runtime(gateway, silent);
  const app = await w.redeem(gateway.accessCode);
  await newer.close();
  fits(await w.call(app, { method: 'echo', params: 'still here' }), { body: { result: 'still here' } });
});
it('fifth-socket', 'a fifth takes the place of the oldest.', async (w) => {
  const gateway = await w.register();
  const five = [];
  for (let n = 0; n < 5; n++) five.push(await w.runtime(gateway));
  fits(await five[0]!.frame({ event: 'relay.closing' }), { params: { code: 4008 } });
  await five[0]!.closed;
  const app = await w.redeem(gateway.accessCode);
  fits(await w.call(app, { method: 'echo', params: 1 }), { body: { result: 1 } });
  await five[1]!.settled();
});
it('late-disconnect', 'A late disconnect of an old socket changes nothing.', async (w) => {
  const gateway = await w.register();
  const older = await w.runtime(gateway);
  await w.runtime(gateway);
  const app = await w.redeem(gateway.accessCode);
  await older.close();
  fits(await w.call(app, { method: 'echo', params: 3 }), { body: { result: 3 } });
  fits(await w.ask('GET /api/relay/status', { credential: app.clientToken }), { body: { connected: true } });
});
it('app-sockets', 'An App may hold four as well.', async (w) => {
  const house = await w.household();
  const five = [];
  for (let n = 0; n < 5; n++) five.push(await w.appSocket(house));
  fits(await five[0]!.frame({ event: 'relay.closing' }), { params: { code: 4008 } });
  for (const socket of five.slice(1)) await socket.settled();
});
it(
  'rotated-says-nothing',
  'Nothing that a socket says counts once its secret was rotated, or a newer socket took its place, whether it could be closed or not.',
  async (w) => {
    const { gateway, app, runtime } = await w.household(silent);
    const running = w.call(app, { method: 'm', timeoutMs: 20_000 });
    const { id } = await runtime.command();
    const { body } = await w.ask('POST /api/relay/secret', { credential: gateway.relaySecret, body: {} });
    w.adopt(body);
    runtime.reply(id, 'forged');
    const current = await w.runtime({ ...gateway, relaySecret: body.relaySecret }, silent);
    current.reply(id, 'true');
    fits(await running, { body: { result: 'true' } });
  },
);

section("A runtime's connection");

it(
  'status-tells-of-loss',
  "A 401 or 403 that is not the relay's own problem (a portal's, a proxy's) proves nothing.",
  async (w) => {
    const gateway = await w.register();
    await w.ask('DELETE /api/relay/gateway', { credential: gateway.relaySecret });
    fits(await w.runtime(gateway).catch((error) => error), { status: 401 });
    fits(await w.ask('GET /api/relay/status', { credential: gateway.relaySecret }), {
      status: 401,
      headers: { 'content-type': /^application\/problem\+json/ },
    });
  },
);
it('ping-tells-the-time', "A deadline is the server's time: `relay.ping` tells it (`time`).", async (w) => {
  const runtime = await w.runtime(await w.register());
  const { result } = await runtime.ask('relay.ping');
  holds(Math.abs(Date.parse(result.time) - Date.now()) < 300_000, 'the time of a ping is minutes away');
});
it(
  'frame-too-large',
  'One frame holds 32 KiB, one message in several frames 128 KiB; what is larger goes by HTTPS.',
  async (w) => {
    const runtime = await w.runtime(await w.register());
    runtime.send('x'.repeat(33 * 1024));
    equal(await runtime.closed, 1009, 'the close code');
  },
);
it(
  'message-of-frames',
  'One frame holds 32 KiB, one message in several frames 128 KiB; what is larger goes by HTTPS.',
  async (w) => {
    const { app, runtime } = await w.household(silent);
    const answer = w.call(app, { method: 'm' });
    const { id } = await runtime.command();
    const result = 'r'.repeat(100_000);
    runtime.sendInPieces(JSON.stringify({ jsonrpc: '2.0', id, result }), 16_384);
    holds((await answer).body?.result === result, 'a reply in several frames did not come whole');
  },
);
it(
  'message-too-large',
  'One frame holds 32 KiB, one message in several frames 128 KiB; what is larger goes by HTTPS.',
  async (w) => {
    const runtime = await w.runtime(await w.register());
    runtime.sendInPieces('x'.repeat(129 * 1024), 16_384);
    equal(await runtime.closed, 1009, 'the close code');
  },
);

section('How the server closes a socket');

it(
  'closing-removed',
  '| 1000 | the identity or the client was removed | register or pair anew |',
  async (w) => {
    const house = await w.household();
    const socket = await w.appSocket(house);
    await w.ask('DELETE /api/relay/gateway', { credential: house.gateway.relaySecret });
    for (const one of [house.runtime, socket]) {
      fits(await one.frame({ event: 'relay.closing' }), { params: { code: 1000 } });
      await one.closed;
    }
  },
);
it(
  'closing-rotated',
  '| 4001 | the credential is no longer valid: rotated, revoked | do not reconnect with it |',
  async (w) => {
    const { gateway, runtime } = await w.household();
    w.adopt((await w.ask('POST /api/relay/secret', { credential: gateway.relaySecret, body: {} })).body);
    fits(await runtime.frame({ event: 'relay.closing' }), { params: { code: 4001 } });
    await runtime.closed;
  },
);
it(
  'closing-revoked',
  '| 4001 | the credential is no longer valid: rotated, revoked | do not reconnect with it |',
  async (w) => {
    const house = await w.household();
    const socket = await w.appSocket(house);
    await w.ask(`DELETE /api/relay/clients/${house.app.clientId}`, { credential: house.gateway.relaySecret });
    fits(await socket.frame({ event: 'relay.closing' }), { params: { code: 4001 } });
    await socket.closed;
    await house.runtime.settled();
  },
);
it(
  'closing-replaced',
  "| 4008 | a newer socket of the same credential took this one's place | nothing: the newer one serves |",
  async (w) => {
    const gateway = await w.register();
    const first = await w.runtime(gateway);
    for (let n = 0; n < 4; n++) await w.runtime(gateway);
    fits(await first.frame({ event: 'relay.closing' }), { params: { code: 4008 } });
    await first.closed;
  },
);
it(
  'closing-event-first',
  'an event comes first: `relay.closing` with `params: { code, reason }`.',
  async (w) => {
    const { gateway, runtime } = await w.household();
    await w.ask('DELETE /api/relay/gateway', { credential: gateway.relaySecret });
    await runtime.closed;
    fits(runtime.frames.at(-1), {
      jsonrpc: '2.0',
      type: 'event',
      event: 'relay.closing',
      method: 'relay.closing',
      params: { code: Number, reason: String },
    });
  },
);

section('What a runtime still owes');

it(
  'pending-commands',
  'gets the commands of its calls that are unanswered and before their deadline, under the ids they were sent with.',
  async (w) => {
    const { gateway, app, runtime } = await w.household(({ method }) => (method === 'done' ? 1 : undefined));
    await w.call(app, { method: 'done' });
    const owed = w.call(app, { method: 'small', params: { a: 1 }, timeoutMs: 20_000 });
    const command = await runtime.command('small');
    runtime.socket.terminate();
    const second = await w.runtime(gateway, silent);
    let calls = [];
    while (calls.length === 0) calls = (await second.ask('relay.pending', {})).result.calls;
    equal(calls, [command], 'what is owed');
    second.reply(command.id, 'after all');
    fits(await owed, { body: { result: 'after all' } });
    fits(await second.ask('relay.pending', {}), { result: { calls: [] } });
  },
);
it('pending-holds-all', 'a command that it holds already is in the list as well.', async (w) => {
  const { app, runtime } = await w.household(silent);
  const waiting = w.call(app, { method: 'm', timeoutMs: 20_000 });
  const { id } = await runtime.command();
  let calls = [];
  while (calls.length === 0) calls = (await runtime.ask('relay.pending', {})).result.calls;
  fits(calls, [{ id, method: 'm' }]);
  runtime.reply(id, 1);
  await waiting;
});
it('posted-once', 'It must take each id once:', async (w) => {
  const { app, runtime } = await w.household(answers);
  const body = { method: 'echo', params: { once: true }, id: 'once' };
  await Promise.all(Array.from({ length: 10 }, () => w.call(app, body)));
  equal(runtime.commands().length, 1, 'commands under one id');
});
it('cancel-event', '`relay.cancel` (`params.id`) says that nobody wants the answer any more.', async (w) => {
  const { app, runtime } = await w.household(silent);
  const answer = w.call(app, { method: 'm', id: 'halt' });
  const { id } = await runtime.command();
  await w.cancel(app, 'halt');
  equal(
    await runtime.frame({ event: 'relay.cancel' }),
    { jsonrpc: '2.0', type: 'event', event: 'relay.cancel', method: 'relay.cancel', params: { id } },
    'the event',
  );
  await answer;
});

section('WebSocket `/relay`');

it(
  'pending-answer',
  '| request `relay.pending` | answered `{ calls: [commands still owed], next? }`; `next` goes into `params.after` |',
  async (w) => {
    const runtime = await w.runtime(await w.register());
    fits(await runtime.ask('relay.pending', {}), { ok: true, result: { calls: [] } });
    fits(await runtime.ask('relay.pending', { after: 'nonsense' }), { type: 'res' });
  },
);
it(
  'pending-all',
  'answered `{ calls: [commands still owed], next? }`; `next` goes into `params.after` |',
  async (w) => {
    const { app, runtime } = await w.household(silent);
    const waiting = Array.from({ length: 5 }, (_, n) =>
      w.call(app, { method: 'm', params: 'p'.repeat(20_000), id: `n${n}`, timeoutMs: 20_000 }),
    );
    while (runtime.commands().length < 5) await runtime.settled();
    const sent = runtime.commands().map(({ id }) => id);
    const owed = new Set<string>();
    while (owed.size < 5) {
      for (let after: string | undefined; ; ) {
        const { result } = await runtime.ask('relay.pending', after === undefined ? {} : { after });
        for (const { id } of result.calls) owed.add(id);
        after = result.next;
        if (after === undefined) break;
      }
    }
    equal([...owed].sort(), [...sent].sort(), 'what is owed');
    for (const id of sent) runtime.reply(id, 1);
    await Promise.all(waiting);
  },
);
