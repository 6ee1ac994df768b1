/** What the id of a call is for. */
import { suiteOf } from '../../harness/case';
import { equal, fits } from '../../harness/expect';
import type { ServerWorld } from '../world';

const { cases, section, it } = suiteOf<ServerWorld>('calls');
export const ids = cases;

section('A call in detail');

it('id-characters', '1 to 64 characters of `A-Za-z0-9_-`, chosen by the App, its own.', async (w) => {
  const { app } = await w.shared();
  const longest = w.name('A_z').padEnd(64, '9');
  fits(await w.call(app, { method: 'echo', id: longest }), { status: 200, body: { id: longest } });
  for (const id of ['a b', 'ä', '', 'x'.repeat(65), 'a/b'])
    fits(await w.call(app, { method: 'echo', id }), { status: 400, body: { errors: [{ path: 'id' }] } }, id);
});
it('id-of-another', '1 to 64 characters of `A-Za-z0-9_-`, chosen by the App, its own.', async (w) => {
  const { gateway, app } = await w.household();
  const second = await w.redeem(await w.newCode(gateway));
  await w.call(app, { method: 'echo', params: 'mine', id: 'same' });
  fits(await w.look(second, 'same'), { status: 404 });
  fits(await w.call(second, { method: 'echo', params: 'yours', id: 'same' }), { body: { result: 'yours' } });
  fits(await w.look(app, 'same'), { body: { result: 'mine' } });
});
it(
  'id-header',
  '`id`, or the header `Idempotency-Key` (where both are sent they must be equal):',
  async (w) => {
    const { app } = await w.shared();
    const id = w.name();
    const headers = { 'idempotency-key': id };
    fits(await w.call(app, { method: 'echo', params: 1 }, { headers }), { body: { id } });
    fits(await w.call(app, { method: 'echo', params: 1, id }, { headers }), { body: { id } });
    fits(await w.call(app, { method: 'echo', params: 1, id: 'other' }, { headers }), {
      status: 400,
      body: { errors: [{ path: 'id' }] },
    });
  },
);
it(
  'id-once',
  'The same id with the same method and params never reaches the runtime twice: it joins the running call or gets the stored answer, for ten minutes after its end.',
  async (w) => {
    const { app, runtime } = await w.household();
    const body = { method: 'echo', params: { once: true }, id: 'many' };
    const found = await Promise.all(Array.from({ length: 20 }, () => w.call(app, body)));
    for (const { body: answer } of found) fits(answer, { ok: true, result: { once: true } });
    equal(runtime.commands().length, 1, 'commands');
    await runtime.close();
    fits(await w.call(app, body), { body: { result: { once: true } } });
  },
);
it(
  'id-conflict',
  'The same id with the same method and params never reaches the runtime twice:',
  async (w) => {
    const { app } = await w.shared();
    const id = w.name();
    await w.call(app, { method: 'echo', params: 1, id });
    for (const other of [
      { method: 'echo', params: 2 },
      { method: 'meta', params: 1 },
    ])
      fits(await w.call(app, { ...other, id }), {
        status: 409,
        body: { code: 'idempotency_conflict', retryable: false },
      });
  },
);
it('id-made', 'Without an id the server makes one; the answer names it.', async (w) => {
  const { app } = await w.shared();
  const { body } = await w.call(app, { method: 'echo', params: 1 });
  fits(await w.look(app, body.id), { status: 200, body: { id: body.id, result: 1 } });
});
