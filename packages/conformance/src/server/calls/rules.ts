/** What a call may be. */
import { suiteOf } from '../../harness/case';
import { equal, fits, holds } from '../../harness/expect';
import type { ServerWorld } from '../world';

const { cases, section, it } = suiteOf<ServerWorld>('calls');
export const rules = cases;

section('A call in detail');

const goodMethods = ['a', 'chat.send', 'A-Z_0:9/x', 'm'.repeat(128)];
it('method', '`method`: 1 to 128 characters of `A-Za-z0-9._:/-`;', async (w) => {
  const { app } = await w.shared();
  for (const method of goodMethods) fits(await w.call(app, { method, params: 1 }), { status: 200 }, method);
  for (const method of ['', 'a b', 'ä', 'a\n', 'm'.repeat(129), 7, null])
    fits(
      await w.call(app, { method }),
      { status: 400, body: { errors: [{ path: 'method' }] } },
      String(method),
    );
});
it('method-reserved', "names that begin with `relay.` are the relay's own.", async (w) => {
  const { app } = await w.shared();
  for (const method of ['relay.hello', 'relay.anything'])
    fits(await w.call(app, { method }), { status: 400, body: { errors: [{ path: 'method' }] } });
});
it('params', '`params`: any JSON.', async (w) => {
  const { app } = await w.shared();
  const values: unknown[] = [
    null,
    0,
    -1.5,
    '',
    'ü\u0000😀',
    [],
    {},
    [[[1]]],
    { a: null, constructor: 1 },
    true,
  ];
  const found = await Promise.all(values.map((params) => w.call(app, { method: 'echo', params })));
  equal(
    found.map(({ body }) => body.result),
    values,
    'the params that came back',
  );
});
it(
  'timeout',
  "`timeoutMs`: 1,000 to 55,000, default 30,000; to 840,000 when streaming, and on an App's socket.",
  async (w) => {
    const { app } = await w.shared();
    for (const timeoutMs of [999, 55_001, 1000.5, '5000', null, -1])
      fits(
        await w.call(app, { method: 'echo', timeoutMs }),
        { status: 400, body: { errors: [{ path: 'timeoutMs' }] } },
        String(timeoutMs),
      );
    for (const timeoutMs of [1_000, 55_000])
      fits(await w.call(app, { method: 'echo', timeoutMs }), { status: 200 });
  },
);
it('timeout-default', '`timeoutMs`: 1,000 to 55,000, default 30,000;', async (w) => {
  const { app } = await w.shared();
  const { body } = await w.call(app, { method: 'meta' });
  const aheadMs = Date.parse(body.result.deadline) - Date.now();
  holds(aheadMs > 20_000 && aheadMs < 31_000, `the deadline is ${aheadMs} ms ahead`);
});
it('timeout-streaming', "to 840,000 when streaming, and on an App's socket.", async (w) => {
  const { app } = await w.shared();
  const stream = await w.follow(app, { method: 'echo', params: 1, timeoutMs: 840_000 });
  fits(await stream.last(), { event: 'result' });
  equal((await w.follow(app, { method: 'echo', timeoutMs: 840_001 })).status, 400, 'a longer stream');
});
