/** How long an App on a socket waits, for what, and how much it may have under way. */
import { suiteOf } from '../../harness/case';
import { fits, holds } from '../../harness/expect';
import type { Frame } from '../../wire/peer';
import { silent } from '../household';
import type { ServerWorld } from '../world';

const { cases, section, it } = suiteOf<ServerWorld>('calls');
export const appWaits = cases;

section('An App on a socket');

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
    fits(await w.onSocket(socket, 1, 'm', { meta: { timeoutMs: 3_000 } }), {
      error: { data: { code: 'rpc_timeout' } },
    });
    holds(Date.now() - sinceMs < 10_000, `the end came after ${Date.now() - sinceMs} ms`);
  },
  {
    also: [
      [
        'The states of a call',
        "A call on an App's socket has no waiter: a guard, which is a delayed message, looks at it at its deadline and at the end of a grace, so nothing ends in silence.",
      ],
    ],
    waitsMs: 5_000,
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
