/** The routes of calls. */
import { suiteOf } from '../../harness/case';
import { equal, fits } from '../../harness/expect';
import { silent } from '../household';
import type { ServerWorld } from '../world';

const { cases, section, it } = suiteOf<ServerWorld>('calls');
export const routes = cases;

section('Routes');

it(
  'answer',
  '| `POST /api/relay/rpc` | client token | `{ gatewayId, method, params?, id?, timeoutMs? }` | 200 `{ ok: true, id, result, durationMs }`,',
  async (w) => {
    const { app } = await w.shared();
    const id = w.name();
    fits(await w.call(app, { method: 'echo', params: { say: 'hellö' }, id }), {
      status: 200,
      body: { ok: true, id, result: { say: 'hellö' }, durationMs: Number },
    });
  },
);
it(
  'answer-error',
  'or `{ ok: false, id, error: { code, message, data? }, durationMs }` when the runtime answered with an error |',
  async (w) => {
    const { app } = await w.shared();
    fits(await w.call(app, { method: 'fail' }), {
      status: 200,
      body: {
        ok: false,
        id: String,
        error: { code: 'E_KIT', message: 'no', data: { why: 1 } },
        durationMs: Number,
      },
    });
  },
);
it('look', '| `GET /api/relay/rpc/{id}` | client token | | the same answer, kept 10 minutes;', async (w) => {
  const { app } = await w.shared();
  const id = w.name();
  const first = await w.call(app, { method: 'echo', params: 'kept', id });
  equal((await w.look(app, id)).body, first.body, 'the same answer');
});
it('look-pending', '202 `{ id, status: "pending" }` while it runs;', async (w) => {
  const { app, runtime } = await w.household(silent);
  const answer = w.call(app, { method: 'm', id: 'runs' });
  const { id } = await runtime.command();
  const { status, body } = await w.look(app, 'runs');
  equal([status, body], [202, { id: 'runs', status: 'pending' }], 'a call that runs');
  runtime.reply(id, 1);
  await answer;
});
it('look-stream', 'with `Accept: text/event-stream` the stream |', async (w) => {
  const { app } = await w.shared();
  const id = w.name();
  await w.call(app, { method: 'echo', params: 5, id });
  const stream = await w.resume(app, id);
  fits(await stream.last(), { event: 'result', data: { ok: true, id, result: 5 } });
});
it(
  'cancel',
  '| `POST /api/relay/rpc/{id}/cancel` | client token | `{}` | 202 `{ id, outcome }`; the runtime gets `relay.cancel` |',
  async (w) => {
    const { app, runtime } = await w.household(silent);
    const answer = w.call(app, { method: 'long', id: 'stop' });
    const { id } = await runtime.command();
    const { status, body } = await w.cancel(app, 'stop');
    equal([status, body], [202, { id: 'stop', outcome: 'cancelled' }], 'a cancel');
    fits(await runtime.frame({ event: 'relay.cancel' }), { params: { id } });
    fits(await answer, { status: 200, body: { ok: false, error: { code: 'cancelled' } } });
  },
);
it('cancel-ended', '| 202 `{ id, outcome }`; the runtime gets `relay.cancel` |', async (w) => {
  const { app } = await w.shared();
  const id = w.name();
  await w.call(app, { method: 'echo', params: 'kept', id });
  fits(await w.cancel(app, id), { status: 202, body: { id, outcome: 'answered' } });
  fits(await w.look(app, id), { body: { result: 'kept' } });
  fits(await w.cancel(app, w.name('never')), { status: 404 });
});
