/** A call of an App: what it asks, and what it makes of the answer. */
import { suiteOf } from '../../harness/case';
import { equal, fits, holds } from '../../harness/expect';
import { type AppWorld, ranOnce } from '../world';

const { cases, section, it } = suiteOf<AppWorld>('calls');
export const calls = cases;

section('Routes');

const rpc = '| `POST /api/relay/rpc` | client token |';
const values: Array<[string, unknown]> = [
  ['object', { say: 'hello', deep: [1, { a: null }] }],
  ['null', null],
  ['zero', 0],
  ['false', false],
  ['empty-text', ''],
  ['text', 'ü \u2028 😀 "quoted"'],
  ['array', [1, 'two', null, { three: 3 }]],
  ['odd-names', JSON.parse('{"__proto__":1,"constructor":2,"then":3}')],
];
for (const [id, params] of values)
  it(`echo-${id}`, rpc, async (w) => {
    const home = await w.shared();
    equal(JSON.stringify(await home.call('echo', params).result()), JSON.stringify(params), 'the result');
  });
it('by-http', rpc, async (w) => {
  const home = await w.byHttp();
  equal(await home.call('echo', { a: 1 }).result(), { a: 1 }, 'the result');
  const { server } = home;
  fits(server.to('POST /api/relay/rpc')[0]?.body, {
    gatewayId: server.gatewayId,
    method: 'echo',
    params: { a: 1 },
  });
});
const error =
  '`{ ok: false, id, error: { code, message, data? }, durationMs }` when the runtime answered with an error |';
it('error', error, async (w) => {
  const home = await w.shared();
  fits(await home.call('fail').error(), { code: 'E_KIT', message: 'no', data: { why: [1] } });
});
it('error-by-http', error, async (w) => {
  const home = await w.byHttp();
  fits(await home.call('fail').error(), { code: 'E_KIT', message: 'no', data: { why: [1] } });
  equal(await home.call('echo', 'on').result(), 'on', 'the call after it');
});

section('A call in detail');

const idRow =
  '`id`, or the header `Idempotency-Key` (where both are sent they must be equal): 1 to 64 characters of `A-Za-z0-9_-`, chosen by the App, its own.';
it('ids', idRow, async (w) => {
  const home = await w.paired();
  const results = Array.from({ length: 20 }, (_, n) => home.call('echo', n).result());
  equal(
    await Promise.all(results),
    Array.from({ length: 20 }, (_, n) => n),
    'the results',
  );
  const ids = home.server.calls.all.map(({ id }) => id);
  equal(new Set(ids).size, 20, 'ids of 20 calls');
  for (const id of ids) fits(id, /^[A-Za-z0-9_-]{1,64}$/, 'an id');
  holds(!ids.some((id) => id.startsWith('kit-')), 'a call without an id: it cannot be asked for again');
});
it('id-given', idRow, async (w) => {
  const home = await w.shared();
  await home.call('echo', 'mine', { id: 'an-id_of-mine' }).result();
  equal(home.server.calls.byId('an-id_of-mine')?.params, 'mine', 'the call of that id');
});
it('timeout', '`timeoutMs`: 1,000 to 55,000, default 30,000;', async (w) => {
  const home = await w.byHttp();
  await home.call('echo', 1, { timeoutMs: 7_000 }).result();
  fits(home.server.calls.all[0]?.timeoutMs, (ms: number) => ms >= 1_000 && ms <= 7_000, 'timeoutMs');
});
it('timeout-long', "to 840,000 when streaming, and on an App's socket.", async (w) => {
  const home = await w.onSocket();
  await home.call('echo', 1, { timeoutMs: 840_000 }).result();
  const [call] = home.server.calls.all;
  fits(call?.timeoutMs, (ms: number) => ms > 700_000 && ms <= 840_000, 'timeoutMs');
});

section('Large payloads');

it('large', 'A command of up to 30,000 bytes is posted whole.', async (w) => {
  const home = await w.paired();
  const params = 'p'.repeat(200_000);
  holds((await home.call('echo', params).result()) === params, 'the params did not come back whole');
  const largest = Math.max(0, ...home.server.sockets.map(({ largestBytes }) => largestBytes));
  holds(largest <= 131_072, `a message of ${largest} bytes`);
});
cases.at(-1)!.also = [
  ["A runtime's connection", 'One frame holds 32 KiB, one message in several frames 128 KiB;'],
];

section('An App on a socket');

it(
  'large-answer',
  'An answer over 128,000 bytes is fetched by HTTP under the `id` that its error names.',
  async (w) => {
    const home = await w.onSocket({ answersOverBytes: 128_000 });
    const asked = home.call('wait');
    const call = await home.server.calls.of('wait');
    call.answer('a'.repeat(300_000));
    equal(String(await asked.result()).length, 300_000, 'the length of the answer');
    equal(call.runs, 1, 'how often it ran');
  },
);
it('many-at-once', 'That id counts on its socket;', async (w) => {
  const home = await w.onSocket();
  const asked = Array.from({ length: 20 }, (_, n) => home.call('wait', n));
  await home.server.until(() => home.server.calls.all.length === 20);
  for (const call of [...home.server.calls.all].reverse()) call.answer(call.params);
  equal(
    await Promise.all(asked.map((each) => each.result())),
    asked.map((_, n) => n),
    'the results, answered the last first',
  );
});
it(
  'frame',
  'Each JSON-RPC request is a call: `{ jsonrpc, id, method, params?, meta?: { id?, timeoutMs?, traceparent? } }`,',
  async (w) => {
    const home = await w.onSocket();
    await home.call('echo', { a: 1 }, { id: 'framed' }).result();
    const socket = home.server.sockets.find((each) => each.calls().length > 0);
    fits(socket?.calls()[0], {
      jsonrpc: '2.0',
      id: (id) => id !== undefined && String(id).length <= 128,
      method: 'echo',
      params: { a: 1 },
      meta: { id: 'framed' },
    });
    holds(!socket?.hasBinary, 'a frame was binary');
  },
);
it('answer-twice', 'An answer may come twice, after a fault of the post: take the first.', async (w) => {
  const home = await w.onSocket();
  const first = home.call('wait');
  (await home.server.calls.of('wait')).answer('first');
  equal(await first.result(), 'first', 'the result');
  const socket = await home.server.socket();
  const { id } = socket.calls()[0];
  socket.send({ jsonrpc: '2.0', type: 'res', id, ok: true, result: 'second', meta: {} });
  equal(await home.call('echo', 'on').result(), 'on', 'the call after it');
});
it('unknown-event', "The App's own requests: `relay.hello` (policy and presence),", async (w) => {
  const home = await w.onSocket();
  const socket = await home.server.socket();
  socket.event('relay.something-new', { a: 1 });
  socket.send({ jsonrpc: '2.0', type: 'res', id: 'nobody-asked', ok: true, result: 1 });
  equal(await home.call('echo', 3).result(), 3, 'the result');
  holds(socket.isOpen, 'the socket was closed for an event that is new');
});

section('The states of a call');

const cancelled = '| `cancelled` | its App | 200 `ok: false`, error code `cancelled` | | gives it |';
it('cancel', cancelled, async (w) => {
  const home = await w.paired();
  const asked = home.call('wait');
  const call = await home.server.calls.of('wait');
  home.app.ask('cancel', { of: asked.n });
  fits(await asked.error(), { code: 'cancelled' });
  await home.server.until(() => call.isCancelled);
});
it('cancel-by-http', cancelled, async (w) => {
  const home = await w.byHttp();
  const asked = home.call('wait');
  const call = await home.server.calls.of('wait');
  home.app.ask('cancel', { of: asked.n });
  fits(await asked.error(), { code: 'cancelled' });
  await home.server.until(() => call.isCancelled);
  ranOnce(home, 'wait');
});
