/** How a call waits for a runtime, and a retry for a call. */
import { suiteOf } from '../../harness/case';
import { equal, fits, holds } from '../../harness/expect';
import { silent } from '../household';
import type { ServerWorld } from '../world';

const { cases, section, it } = suiteOf<ServerWorld>('calls');
export const grace = cases;

section('A call in detail');

it(
  'grace',
  'a call that finds no runtime, or loses it, waits up to 10 s (or its own timeout, if that is shorter) for it to come back.',
  async (w) => {
    const gateway = await w.register();
    const app = await w.redeem(gateway.accessCode);
    const answer = w.call(app, { method: 'echo', params: 'worth the wait', timeoutMs: 20_000, id: 'wait' });
    for (let status = 404; status === 404; ) status = (await w.look(app, 'wait')).status;
    await w.runtime(gateway);
    fits(await answer, { body: { result: 'worth the wait' } });
  },
);
it(
  'grace-length',
  'a call that finds no runtime, or loses it, waits up to 10 s (or its own timeout, if that is shorter) for it to come back.',
  async (w) => {
    const app = await w.redeem((await w.register()).accessCode);
    const startedAtMs = Date.now();
    fits(await w.call(app, { method: 'echo', timeoutMs: 30_000 }), { status: 503 });
    const tookMs = Date.now() - startedAtMs;
    holds(tookMs >= 9_900 && tookMs < 15_000, `the grace took ${tookMs} ms`);
  },
  { waitsMs: 10_000 },
);
it(
  'grace-loses',
  'a call that finds no runtime, or loses it, waits up to 10 s (or its own timeout, if that is shorter) for it to come back.',
  async (w) => {
    const { gateway, app, runtime } = await w.household(silent);
    const answer = w.call(app, { method: 'm', timeoutMs: 20_000 });
    const { id } = await runtime.command();
    runtime.socket.terminate();
    const second = await w.runtime(gateway, silent);
    second.reply(id, 'after all');
    fits(await answer, { body: { result: 'after all' } });
  },
);
it('posted-once', 'A command is posted once.', async (w) => {
  const { gateway, app, runtime } = await w.household(silent);
  const answer = w.call(app, { method: 'm', timeoutMs: 20_000 });
  const { id } = await runtime.command();
  const second = await w.runtime(gateway, silent);
  await runtime.close();
  await second.settled();
  second.reply(id, 1);
  fits(await answer, { body: { result: 1 } });
  equal(second.commands(), [], 'what the second socket was posted');
});
it(
  'join-waits',
  'A retry that joins a call waits for its own `timeoutMs` at most and then gets 202 `pending`.',
  async (w) => {
    const { app, runtime } = await w.household(silent);
    const body = { method: 'm', id: 'long', timeoutMs: 20_000 };
    const first = w.call(app, body);
    const { id } = await runtime.command();
    const joined = await w.call(app, { ...body, timeoutMs: 1_000 });
    equal([joined.status, joined.body], [202, { id: 'long', status: 'pending' }], 'the retry');
    runtime.reply(id, 'both');
    fits(await first, { body: { result: 'both' } });
  },
);
it(
  'traceparent',
  'A well-formed `traceparent` header reaches the runtime in `meta.traceparent`.',
  async (w) => {
    const { app } = await w.shared();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const told = async (headers: Record<string, string>) =>
      (await w.call(app, { method: 'meta' }, { headers })).body.result;
    fits(await told({ traceparent }), { traceparent });
    fits(await told({ traceparent: '00-zero' }), { traceparent: undefined });
  },
);
