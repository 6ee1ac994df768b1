/** The table of limits: at the limit, and above it. */
import { suiteOf } from '../../harness/case';
import { equal, fits, holds } from '../../harness/expect';
import { type App, silent } from '../household';
import type { ServerWorld } from '../world';

const { cases, section, it } = suiteOf<ServerWorld>('limits');
export const limits = cases;
const alone = { alone: true };

section('Limits');

for (const [id, route, bytes] of [
  ['body', 'POST /api/relay/redeem', 1_048_576],
  ['body-rpc', 'POST /api/relay/rpc', 4_194_304],
] as const)
  it(id, '| HTTP body | 1 MiB; `rpc` and `replies` 4 MiB | 413 |', async (w) => {
    const { app } = await w.shared();
    const text = (size: number) =>
      JSON.stringify({ accessCode: 7, pad: 'x'.repeat(size - '{"accessCode":7,"pad":""}'.length) });
    fits(
      await w.ask(route, { credential: app.clientToken, text: text(bytes) }),
      { status: 400 },
      'a body of the limit',
    );
    fits(
      await w.ask(route, { credential: app.clientToken, text: text(bytes + 1) }),
      { status: 413, body: { code: 'payload_too_large', limitBytes: bytes } },
      'a body above it',
    );
  });
it(
  'body-sealed',
  '| a body of `rpc` or `replies` whose `params` or `result` is `{ sealed }` alone | 5,800,000 bytes | 413 |',
  async (w) => {
    const { app } = await w.shared();
    const post = (size: number, more: object) => {
      const empty = JSON.stringify({ params: { sealed: '', ...more } });
      const params = { sealed: 'x'.repeat(size - empty.length), ...more };
      return w.ask('POST /api/relay/rpc', {
        credential: app.clientToken,
        text: JSON.stringify({ params }),
      });
    };
    fits(
      await post(5_800_000, {}),
      { status: 400 },
      'a sealed body of the limit: only its method is missing',
    );
    fits(await post(5_800_001, {}), { status: 413, body: { code: 'payload_too_large' } }, 'one above it');
    fits(
      await post(5_000_000, { more: 1 }),
      { status: 413, body: { limitBytes: 4_194_304 } },
      'more beside it',
    );
  },
);
it('nesting', '| nesting of a body or frame | 256 levels | 400, -32700 |', async (w) => {
  const { app, gateway } = await w.household();
  const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
  fits(await w.call(app, { method: 'echo', params: JSON.parse(nested(250)) }), { status: 200 });
  fits(await w.ask('POST /api/relay/rpc', { credential: app.clientToken, text: nested(257) }), {
    status: 400,
  });
  const socket = await w.runtime(gateway);
  socket.send(nested(257));
  fits(await socket.frame({ error: Object }), { error: { code: -32700 } });
});
it(
  'clients',
  '| clients of a gateway | 32 | 409 `too_many_clients`; the code stays good |',
  async (w) => {
    const gateway = await w.register();
    const apps: App[] = [await w.redeem(gateway.accessCode)];
    while (apps.length < 32) apps.push(await w.redeem(await w.newCode(gateway)));
    const accessCode = await w.newCode(gateway);
    fits(await w.ask('POST /api/relay/redeem', { body: { accessCode } }), {
      status: 409,
      body: { code: 'too_many_clients', retryable: false },
    });
    await w.ask(`DELETE /api/relay/clients/${apps[0]!.clientId}`, { credential: gateway.relaySecret });
    await w.redeem(accessCode);
  },
  { also: [['Errors', '| 409 | `too_many_clients` | the gateway has its 32 clients | no |']] },
);
it('streams', '| streamed, followed and resumed calls of a client | 16 at a time | 429 |', async (w) => {
  const { app, runtime } = await w.household(({ method }) => (method === 'echo' ? 1 : undefined));
  const open = (id: string) => w.follow(app, { method: 'm', id, timeoutMs: 60_000 });
  const streams = await Promise.all(Array.from({ length: 16 }, (_, n) => open(`s${n}`)));
  await Promise.all(streams.map((stream) => stream.event('accepted')));
  const refused = await w.call(app, { method: 'm', id: 's16' }, { headers: { accept: 'text/event-stream' } });
  fits(refused, {
    status: 429,
    body: { code: 'rate_limited', id: 's16', retry: 'same-id', retryAfterMs: Number },
  });
  equal((await w.resume(app, 's0')).status, 429, 'a stream that goes on');
  fits(await w.call(app, { method: 'echo' }), { status: 200 });
  await runtime.settled();
});
it(
  'waited-for',
  "| calls under way, of a client / of a gateway | 64 / 256 (the first 8 of each client always) | 429 with the call's `id`: one by HTTP goes on, one on a socket was not opened |",
  async (w) => {
    const { app, runtime } = await w.household(silent);
    const hangUps: AbortController[] = [];
    const call = (n: number) => {
      const hangUp = new AbortController();
      hangUps.push(hangUp);
      return w.call(
        app,
        { method: 'm', params: n, id: `c${n}`, timeoutMs: 50_000 },
        { signal: hangUp.signal },
      );
    };
    const waiting = Array.from({ length: 64 }, (_, n) => call(n).catch(() => undefined));
    while (runtime.commands().length < 64) await runtime.settled();
    // A call that has lasted for half a second is known to be under way.
    let refused = await call(64);
    for (let n = 65; refused.status !== 429 && n < 70; n++) refused = await call(n);
    fits(refused, { status: 429, body: { code: 'rate_limited', id: /^c\d+$/, retryAfterMs: Number } });
    for (const hangUp of hangUps) hangUp.abort();
    await Promise.all(waiting);
  },
);
it(
  'watchers',
  '| live streams and viewers of a monitor | 20 together | 429 |',
  async (w) => {
    const open = () => w.stream('GET /api/monitor/stream', { credential: w.server.token });
    const streams = await Promise.all(Array.from({ length: 21 }, open));
    holds(
      streams.some(({ status }) => status === 429),
      'none of 21 streams was refused',
    );
    for (const stream of streams) if (stream.status === 429) await stream.ended;
    fits(JSON.parse(streams.find(({ status }) => status === 429)!.text), {
      code: 'rate_limited',
      retryAfterMs: Number,
    });
  },
  alone,
);
