/** What a call may be, and what its id is for. */
import { suiteOf } from '../../harness/case';
import { equal, fits, holds } from '../../harness/expect';
import { type ServerWorld, silent } from '../world';

const { cases, section, it } = suiteOf<ServerWorld>('calls');
export const rules = cases;

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
it('timeout', '`timeoutMs`: 1,000 to 55,000, default 30,000; to 840,000 when streaming.', async (w) => {
  const { app } = await w.shared();
  for (const timeoutMs of [999, 55_001, 1000.5, '5000', null, -1])
    fits(
      await w.call(app, { method: 'echo', timeoutMs }),
      { status: 400, body: { errors: [{ path: 'timeoutMs' }] } },
      String(timeoutMs),
    );
  for (const timeoutMs of [1_000, 55_000])
    fits(await w.call(app, { method: 'echo', timeoutMs }), { status: 200 });
});
it('timeout-default', '`timeoutMs`: 1,000 to 55,000, default 30,000;', async (w) => {
  const { app } = await w.shared();
  const { body } = await w.call(app, { method: 'meta' });
  const aheadMs = Date.parse(body.result.deadline) - Date.now();
  holds(aheadMs > 20_000 && aheadMs < 31_000, `the deadline is ${aheadMs} ms ahead`);
});
it('timeout-streaming', 'to 840,000 when streaming.', async (w) => {
  const { app } = await w.shared();
  const stream = await w.follow(app, { method: 'echo', params: 1, timeoutMs: 840_000 });
  fits(await stream.last(), { event: 'result' });
  equal((await w.follow(app, { method: 'echo', timeoutMs: 840_001 })).status, 400, 'a longer stream');
});
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
