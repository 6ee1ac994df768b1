/** The frames of a runtime, and of the server to it. */
import { suiteOf } from '../../harness/case';
import { equal, fits, holds } from '../../harness/expect';
import type { Frame } from '../../wire/peer';
import { silent } from '../household';
import type { ServerWorld } from '../world';

const { cases, section, it } = suiteOf<ServerWorld>('relay');
export const frames = cases;

section('WebSocket `/relay`');

it(
  'hello',
  '| request `relay.hello` | answered `{ protocol: 1, gatewayId, limits, keepaliveMs, maxConnectionMs, reconnectAfterMs }` |',
  async (w) => {
    const gateway = await w.register();
    const runtime = await w.runtime(gateway);
    const { result } = await runtime.ask('relay.hello', { features: [] });
    fits(result, {
      protocol: 1,
      gatewayId: gateway.gatewayId,
      limits: Object,
      keepaliveMs: 480_000,
      maxConnectionMs: 7_200_000,
      reconnectAfterMs: Number,
    });
    equal(result.limits, gateway.limits, 'the limits of hello');
    holds(result.reconnectAfterMs < result.maxConnectionMs, 'reconnectAfterMs is not before the age limit');
  },
);
it(
  'ping',
  '| request `relay.ping`, or `{ "type": "ping" }` | answered; marks the runtime as seen |',
  async (w) => {
    const { gateway, runtime, app } = await w.household();
    await runtime.settled();
    runtime.send({ type: 'ping' });
    await runtime.frame({ type: 'pong' });
    await runtime.close();
    const { body } = await w.ask('GET /api/relay/status', { credential: app.clientToken });
    holds(
      Date.now() - Date.parse(body.lastSeenAt) < 60_000,
      `${gateway.gatewayId} was last seen ${body.lastSeenAt}`,
    );
  },
);

const badFrames: Array<[string, string, number]> = [
  ['not-json', '{"a', -32700],
  ['array', '[]', -32600],
  ['text', '"hello"', -32600],
  ['empty', '{}', -32600],
  ['reply-without-id', '{"result":1}', -32600],
  ['reply-with-both', '{"id":"rpc_x","result":1,"error":{"message":"no"}}', -32600],
  ['progress-without-id', '{"method":"relay.progress","params":{"seq":1}}', -32600],
  ['progress-broken-seq', '{"method":"relay.progress","params":{"id":"rpc_x","seq":-1}}', -32600],
  ['unknown-method', '{"jsonrpc":"2.0","id":1,"method":"relay.nothing"}', -32601],
  ['deep', '['.repeat(10_000), -32700],
];
for (const [id, text, code] of badFrames)
  it(
    `frame-${id}`,
    '| anything else | a JSON-RPC error: -32700 not JSON, -32600 not a frame, -32601 no such method; the socket stays open |',
    async (w) => {
      const runtime = await w.runtime(await w.register());
      runtime.send(text);
      fits(await runtime.frame({ error: Object }), {
        jsonrpc: '2.0',
        type: 'res',
        error: { code, message: String },
      });
      await runtime.settled();
    },
  );

const replies: Array<[string, string, (id: string) => Frame, object]> = [
  [
    'json-rpc',
    '| `{ "jsonrpc": "2.0", "id": "rpc_…", "result": … }` or `"error": { "code", "message", "data"? }` | the reply |',
    (id) => ({ jsonrpc: '2.0', id, result: 1 }),
    { ok: true, result: 1 },
  ],
  [
    'json-rpc-error',
    '| `{ "jsonrpc": "2.0", "id": "rpc_…", "result": … }` or `"error": { "code", "message", "data"? }` | the reply |',
    (id) => ({ jsonrpc: '2.0', id, error: { code: -7, message: 'no', data: [1] } }),
    { ok: false, error: { code: -7, message: 'no', data: [1] } },
  ],
  [
    'openclaw',
    '| `{ "type": "res", "id", "ok": true, "payload" }`, `{ "type": "res", "id", "ok": false, "error" }` | the same |',
    (id) => ({ type: 'res', id, ok: true, payload: 2 }),
    { ok: true, result: 2 },
  ],
  [
    'openclaw-error',
    '| `{ "type": "res", "id", "ok": true, "payload" }`, `{ "type": "res", "id", "ok": false, "error" }` | the same |',
    (id) => ({ type: 'res', id, ok: false, error: { code: 'E', message: 'no' } }),
    { ok: false, error: { code: 'E', message: 'no' } },
  ],
  [
    'request-id',
    '| any frame with `id` or `requestId` and one of `result`, `payload`, `error` | the same |',
    (id) => ({ requestId: id, payload: 3, extra: true }),
    { ok: true, result: 3 },
  ],
  [
    'null-result',
    '| any frame with `id` or `requestId` and one of `result`, `payload`, `error` | the same |',
    (id) => ({ id, result: null }),
    { ok: true, result: null },
  ],
  [
    'null-error',
    '| any frame with `id` or `requestId` and one of `result`, `payload`, `error` | the same |',
    (id) => ({ id, result: 5, error: null }),
    { ok: true, result: 5 },
  ],
];
for (const [id, says, reply, expected] of replies)
  it(`reply-${id}`, says, async (w) => {
    const { app } = await w.household(({ id: call }, peer) => void peer.send(reply(call)));
    fits(await w.call(app, { method: 'm' }), { status: 200, body: expected as never });
  });

for (const [id, says, frame] of [
  [
    'json-rpc',
    '| `{ "jsonrpc": "2.0", "method": "relay.progress", "params": { "id", "seq", "data" } }`, or `{ "type": "event", "event": "progress", "payload" }` | progress of a call |',
    (call: string) => ({
      jsonrpc: '2.0',
      method: 'relay.progress',
      params: { id: call, seq: 0, data: 'half' },
    }),
  ],
  [
    'openclaw',
    'or `{ "type": "event", "event": "progress", "payload" }` | progress of a call |',
    (call: string) => ({ type: 'event', event: 'progress', payload: { id: call, seq: 0, data: 'half' } }),
  ],
] as const)
  it(`progress-${id}`, says, async (w) => {
    const { app, runtime } = await w.household(silent);
    const stream = await w.follow(app, { method: 'm' });
    const { id: call } = await runtime.command();
    runtime.send(frame(call));
    fits(await stream.event('progress'), { data: { seq: 0, data: 'half' } });
    runtime.reply(call, 1);
    await stream.last();
  });

it('command', 'What the server sends is JSON-RPC 2.0', async (w) => {
  const { app, runtime } = await w.household();
  await w.call(app, { method: 'chat.send', params: { a: [1, null] }, timeoutMs: 20_000 });
  const command = await runtime.command();
  fits(command, {
    jsonrpc: '2.0',
    type: 'req',
    id: /^rpc_/,
    method: 'chat.send',
    meta: { clientId: app.clientId, deadline: String },
  });
  equal(command.params, { a: [1, null] }, 'the params');
  const aheadMs = Date.parse(command.meta.deadline) - Date.now();
  holds(aheadMs > 5_000 && aheadMs < 21_000, `the deadline is ${aheadMs} ms ahead`);
});
