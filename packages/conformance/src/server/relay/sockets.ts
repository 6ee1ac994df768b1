/** Several sockets of one runtime or App, and whose replies count. */
import { suiteOf } from '../../harness/case';
import { equal, fits } from '../../harness/expect';
import { silent } from '../household';
import type { ServerWorld } from '../world';

const { cases, section, it } = suiteOf<ServerWorld>('relay');
export const sockets = cases;

section('WebSocket `/relay`');

it(
  'reply-counts-once',
  'A reply counts from a socket of the gateway that the command went to, once, before its deadline.',
  async (w) => {
    const { app, runtime } = await w.household(({ id }, peer) => peer.reply(id, 'first'));
    fits(await w.call(app, { method: 'm', id: 'twice' }), { body: { result: 'first' } });
    runtime.reply((await runtime.command()).id, 'second');
    await runtime.settled();
    fits(await w.look(app, 'twice'), { body: { result: 'first' } });
  },
);
it(
  'reply-of-another',
  'A reply counts from a socket of the gateway that the command went to, once, before its deadline.',
  async (w) => {
    const [house, stranger] = await Promise.all([w.household(silent), w.register()]);
    const { app, runtime } = house;
    const thieves = [await w.runtime(stranger), await w.appSocket(house)];
    const answer = w.call(app, { method: 'm' });
    const { id } = await runtime.command();
    for (const thief of thieves) {
      thief.reply(id, 'stolen');
      await thief.settled();
    }
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
it(
  'fifth-socket',
  'a fifth takes the place of the oldest.',
  async (w) => {
    const gateway = await w.register();
    const five = [];
    for (let n = 0; n < 5; n++) five.push(await w.runtime(gateway));
    fits(await five[0]!.frame({ event: 'relay.closing' }), { params: { code: 4008 } });
    await five[0]!.closed;
    const app = await w.redeem(gateway.accessCode);
    fits(await w.call(app, { method: 'echo', params: 1 }), { body: { result: 1 } });
    await five[1]!.settled();
  },
  {
    also: [
      ['Limits', '| sockets of a relay secret / of a client | 4 / 4 | the oldest is closed with 4008 |'],
      [
        'How the server closes a socket',
        "| 4008 | a newer socket of the same credential took this one's place | nothing: the newer one serves |",
      ],
    ],
  },
);
it('late-disconnect', 'A late disconnect of an old socket changes nothing.', async (w) => {
  const gateway = await w.register();
  const older = await w.runtime(gateway);
  await w.runtime(gateway);
  const app = await w.redeem(gateway.accessCode);
  await older.close();
  fits(await w.call(app, { method: 'echo', params: 3 }), { body: { result: 3 } });
  fits(await w.ask('GET /api/relay/status', { credential: app.clientToken }), { body: { connected: true } });
});
it(
  'app-sockets',
  'An App may hold four as well.',
  async (w) => {
    const house = await w.household();
    const five = [];
    for (let n = 0; n < 5; n++) five.push(await w.appSocket(house));
    fits(await five[0]!.frame({ event: 'relay.closing' }), { params: { code: 4008 } });
    for (const socket of five.slice(1)) await socket.settled();
  },
  {
    also: [
      ['Limits', '| sockets of a relay secret / of a client | 4 / 4 | the oldest is closed with 4008 |'],
    ],
  },
);
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
