/** What becomes of a call whose caller repeats it or goes away. */
import { suiteOf } from '../../harness/case';
import { equal, fits } from '../../harness/expect';
import { silent } from '../household';
import type { ServerWorld } from '../world';

const { cases, section, it } = suiteOf<ServerWorld>('calls');
export const ends = cases;

section('The states of a call');

it(
  'repeat-joins',
  'Before a call has ended, a caller who hears nothing, or a 429 or 500, repeats it under the same id: it joins.',
  async (w) => {
    const { app, runtime } = await w.household(silent);
    const body = { method: 'm', id: 'again', timeoutMs: 20_000 };
    const hangUp = new AbortController();
    const gone = w.call(app, body, { signal: hangUp.signal }).catch(() => 'gone');
    const { id } = await runtime.command();
    hangUp.abort();
    await gone;
    const joined = w.call(app, body);
    await runtime.settled();
    runtime.reply(id, 'for both');
    fits(await joined, { body: { result: 'for both' } });
    equal(runtime.commands().length, 1, 'commands');
  },
);
it(
  'end-is-kept',
  'An end is kept for ten minutes and given again to the same id, method and params;',
  async (w) => {
    const { app } = await w.household((_, peer) => void peer.socket.terminate());
    const body = { method: 'm', id: 'ran', timeoutMs: 1_000 };
    const first = await w.call(app, body);
    const again = await w.call(app, body);
    fits([first.status, first.body.retry], [502, 'new-id']);
    equal([again.status, again.body.outcome], [502, 'disconnected'], 'the end that is given again');
  },
);
it(
  'outlives-its-caller',
  'A waiter is the function that opened the call or any that joined it, so a call outlives its first caller and its first function.',
  async (w) => {
    const { app, runtime } = await w.household(silent);
    const hangUp = new AbortController();
    const gone = w
      .call(app, { method: 'm', id: 'left', timeoutMs: 20_000 }, { signal: hangUp.signal })
      .catch(() => 'gone');
    const { id } = await runtime.command();
    hangUp.abort();
    await gone;
    fits(await w.look(app, 'left'), { status: 202, body: { status: 'pending' } });
    runtime.reply(id, 'for later');
    await runtime.settled();
    fits(await w.look(app, 'left'), { status: 200, body: { result: 'for later' } });
  },
);
