/** Problems that take more than one request. */
import { suiteOf } from '../../harness/case';
import { fits } from '../../harness/expect';
import type { ServerWorld } from '../world';

const { cases, section, it } = suiteOf<ServerWorld>('relay');
export const moreErrors = cases;

section('Errors');

it(
  'error-descriptor',
  '| 400 | `descriptor_rejected` | a descriptor of another type, or holding a secret or the code | no |',
  async (w) => {
    const code = `AT-${w
      .name('E')
      .replace(/[^A-Za-z0-9]/g, '')
      .toUpperCase()
      .padEnd(12, '7')
      .slice(0, 12)}`;
    fits(await w.leave(code, { type: 'another.v1' }), {
      status: 400,
      body: { code: 'descriptor_rejected', retryable: false },
    });
    const type = 'agenttown.runtime_pairing.v1';
    fits(await w.leave(code, { type, note: code }), { status: 400, body: { code: 'descriptor_rejected' } });
  },
);
it(
  'error-conflict',
  '| 409 | `idempotency_conflict` | same `id`, different method or params | no |',
  async (w) => {
    const { app } = await w.shared();
    const id = w.name();
    await w.call(app, { method: 'echo', params: 1, id });
    fits(await w.call(app, { method: 'echo', params: 2, id }), {
      status: 409,
      body: { code: 'idempotency_conflict', retryable: false },
    });
  },
);
it(
  'error-too-large',
  '| 413 | `payload_too_large` | over a limit; `limitBytes` names it | no |',
  async (w) => {
    const text = JSON.stringify({ accessCode: 'x'.repeat(1_048_576) });
    fits(await w.ask('POST /api/relay/redeem', { text }), {
      status: 413,
      body: { code: 'payload_too_large', limitBytes: 1_048_576, retryable: false },
    });
  },
);
it(
  'error-disconnected',
  '| 502 | `runtime_disconnected` | the runtime left during the call and stayed away | `new-id` |',
  async (w) => {
    const { app } = await w.household((_, peer) => void peer.socket.terminate());
    fits(await w.call(app, { method: 'm', timeoutMs: 15_000 }), {
      status: 502,
      body: { code: 'runtime_disconnected', retryable: true, retry: 'new-id' },
    });
  },
  { waitsMs: 10_000 },
);
it(
  'error-offline',
  '| 503 | `runtime_offline` | no runtime took the call within the grace | `same-id`; `new-id` where its command was posted |',
  async (w) => {
    const app = await w.redeem((await w.register()).accessCode);
    fits(await w.call(app, { method: 'm', timeoutMs: 1_000 }), {
      status: 503,
      body: { code: 'runtime_offline', retryable: true, retry: 'same-id' },
    });
  },
);
it(
  'error-timeout',
  '| 504 | `rpc_timeout` | the runtime got the command and did not answer in time | `new-id` |',
  async (w) => {
    const { app } = await w.shared();
    fits(await w.call(app, { method: 'quiet', timeoutMs: 1_000 }), {
      status: 504,
      body: { code: 'rpc_timeout', retryable: true, retry: 'new-id' },
    });
  },
);
