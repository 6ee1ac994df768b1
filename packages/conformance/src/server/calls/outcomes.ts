/** A call ends in one named outcome. */
import { suiteOf } from '../../harness/case';
import { equal, fits } from '../../harness/expect';
import { silent } from '../household';
import type { ServerWorld } from '../world';

const { cases, section, it } = suiteOf<ServerWorld>('calls');
export const outcomes = cases;

section('The states of a call');

it(
  'left-once',
  "`pending` is left once, by one conditional write; whoever comes second finds the first one's end.",
  async (w) => {
    const { app, runtime } = await w.household(silent);
    const answer = w.call(app, { method: 'm', id: 'first' });
    const { id } = await runtime.command();
    await w.cancel(app, 'first');
    runtime.reply(id, 'too late');
    await runtime.settled();
    fits(await answer, { body: { ok: false, error: { code: 'cancelled' } } });
    fits(await w.look(app, 'first'), { body: { error: { code: 'cancelled' } } });
    fits(await w.cancel(app, 'first'), { status: 202, body: { outcome: 'cancelled' } });
  },
);
it('word', "The word is in the header `x-call-outcome`, in a problem's `outcome`,", async (w) => {
  const { app } = await w.shared();
  fits(await w.call(app, { method: 'echo' }), { headers: { 'x-call-outcome': 'answered' } });
  fits(await w.call(app, { method: 'fail' }), { headers: { 'x-call-outcome': 'runtime-error' } });
  fits(await w.call(app, { method: 'quiet', timeoutMs: 1_000 }), {
    headers: { 'x-call-outcome': 'timed-out' },
    body: { outcome: 'timed-out' },
  });
});
it('answered', '| `answered` | a reply with a result | 200 `ok: true` | | gives it |', async (w) => {
  const { app } = await w.shared();
  fits(await w.call(app, { method: 'echo', params: [1] }), {
    status: 200,
    headers: { 'x-call-outcome': 'answered' },
    body: { ok: true },
  });
});
it(
  'runtime-error',
  '| `runtime-error` | a reply with an error | 200 `ok: false` | | gives it |',
  async (w) => {
    const { app } = await w.shared();
    fits(await w.call(app, { method: 'fail' }), {
      status: 200,
      body: { ok: false, error: { code: 'E_KIT' } },
    });
  },
);
it(
  'too-large',
  '| `too-large` | a reply over 4 MiB on the replies route | 413 `payload_too_large`, `limitBytes` | | gives it |',
  async (w) => {
    const { gateway, app, runtime } = await w.household(silent);
    const answer = w.call(app, { method: 'm' });
    const { id } = await runtime.command();
    const refused = await w.ask(`POST /api/relay/replies/${id}`, {
      credential: gateway.relaySecret,
      body: { id, result: 'x'.repeat(4 * 1024 * 1024) },
    });
    fits(refused, { status: 413, body: { limitBytes: 4_194_304 } });
    fits(await answer, {
      status: 413,
      body: { code: 'payload_too_large', outcome: 'too-large', limitBytes: 4_194_304 },
    });
  },
);
it(
  'offline',
  '| `offline`, posted to nobody | a waiter or a guard: no socket came within the grace | 503 `runtime_offline` | `same-id` |',
  async (w) => {
    const app = await w.redeem((await w.register()).accessCode);
    fits(await w.call(app, { method: 'm', timeoutMs: 1_000 }), {
      status: 503,
      body: { code: 'runtime_offline', outcome: 'offline', retry: 'same-id', retryAfterMs: Number },
    });
  },
);
it('offline-anew', 'may repeat it under the same id: the call is opened anew, once |', async (w) => {
  const gateway = await w.register();
  const app = await w.redeem(gateway.accessCode);
  const body = { method: 'echo', params: 'at last', id: 'unsent', timeoutMs: 1_000 };
  fits(await w.call(app, body), { status: 503 });
  fits(await w.call(app, { ...body, params: 'other' }), {
    status: 409,
    body: { code: 'idempotency_conflict' },
  });
  const runtime = await w.runtime(gateway);
  const found = await Promise.all(
    Array.from({ length: 10 }, () => w.call(app, { ...body, timeoutMs: 20_000 })),
  );
  for (const { body: answer } of found) fits(answer, { result: 'at last' });
  equal(runtime.commands().length, 1, 'commands');
});
it(
  'disconnected',
  '| `disconnected` | a waiter or a guard: the runtime left after the command and stayed away for the grace | 502 `runtime_disconnected` | `new-id` |',
  async (w) => {
    const { app } = await w.household((_, peer) => void peer.socket.terminate());
    fits(await w.call(app, { method: 'm', timeoutMs: 2_000 }), {
      status: 502,
      body: { code: 'runtime_disconnected', outcome: 'disconnected', retry: 'new-id' },
    });
  },
);
it(
  'timed-out',
  '| `timed-out` | a waiter or a guard at the deadline, or any reader after it | 504 `rpc_timeout` | `new-id` |',
  async (w) => {
    const { app } = await w.shared();
    const id = w.name('late');
    const { body, headers } = await w.call(app, { method: 'quiet', id, timeoutMs: 1_000 });
    fits(body, {
      status: 504,
      code: 'rpc_timeout',
      outcome: 'timed-out',
      retry: 'new-id',
      requestId: headers['x-request-id'],
    } as never);
    fits(await w.look(app, id), { status: 504, body: { outcome: 'timed-out' } });
  },
);
it(
  'cancelled',
  '| `cancelled` | its App | 200 `ok: false`, error code `cancelled` | | gives it |',
  async (w) => {
    const { app, runtime } = await w.household(silent);
    const answer = w.call(app, { method: 'm', id: 'c' });
    await runtime.command();
    await w.cancel(app, 'c');
    fits(await answer, {
      status: 200,
      headers: { 'x-call-outcome': 'cancelled' },
      body: { ok: false, error: { code: 'cancelled' } },
    });
  },
);
it(
  'cancelled-early',
  '| `cancelled` | its App | 200 `ok: false`, error code `cancelled` | | gives it |',
  async (w) => {
    const gateway = await w.register();
    const app = await w.redeem(gateway.accessCode);
    const answer = w.call(app, { method: 'm', id: 'early' });
    for (let status = 404; status === 404; ) status = (await w.look(app, 'early')).status;
    await w.cancel(app, 'early');
    fits(await answer, { body: { error: { code: 'cancelled' } } });
    const runtime = await w.runtime(gateway);
    await runtime.settled();
    equal(runtime.commands(), [], 'commands');
  },
);
