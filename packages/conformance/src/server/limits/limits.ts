/** The table of limits: at the limit, and above it. */
import { suiteOf } from '../../harness/case';
import { equal, fits, holds } from '../../harness/expect';
import { needsAddresses, needsToken } from '../needs';
import { type App, type ServerWorld, silent } from '../world';

const { cases, section, it } = suiteOf<ServerWorld>('limits');
export const limits = cases;
const wrongCode = (n: number) => ({ accessCode: `AT-ZZZZ-0000-${String(n).padStart(4, '0')}` });
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
  "| calls that are waited for, of a client / of a gateway | 64 / 256 (the first 8 of each client always) | 429 with the call's `id`, which goes on |",
  async (w) => {
    const { app, runtime } = await w.household(silent);
    const hangUp = new AbortController();
    const call = (n: number) =>
      w.call(app, { method: 'm', params: n, id: `c${n}`, timeoutMs: 50_000 }, { signal: hangUp.signal });
    const waiting = Array.from({ length: 64 }, (_, n) => call(n).catch(() => undefined));
    while (runtime.commands().length < 64) await runtime.settled();
    // A call that has lasted for half a second is known to be under way.
    let refused = await call(64);
    for (let n = 65; refused.status !== 429 && n < 70; n++) refused = await call(n);
    fits(refused, { status: 429, body: { code: 'rate_limited', id: /^c\d+$/, retryAfterMs: Number } });
    hangUp.abort();
    await Promise.all(waiting);
  },
);
it(
  'sockets',
  '| sockets of a relay secret / of a client | 4 / 4 | the oldest is closed with 4008 |',
  async (w) => {
    const house = await w.household();
    for (const open of [() => w.runtime(house.gateway), () => w.appSocket(house)]) {
      const all = [];
      for (let n = 0; n < 5; n++) all.push(await open());
      fits(await all[0]!.frame({ event: 'relay.closing' }), { params: { code: 4008 } });
      for (const socket of all.slice(1)) await socket.settled();
    }
  },
);
it('command', '| a command | 30,000 bytes, then by reference, else 128,000 bytes | 413 |', async (w) => {
  const { app, runtime } = await w.household(silent);
  await runtime.ask('relay.hello', { features: ['params-by-reference'] });
  const whole = w.call(app, { method: 'small', params: 'x'.repeat(29_000), id: 'small' });
  fits(await runtime.command('small'), { params: String, meta: { paramsUrl: undefined } });
  const referred = w.call(app, { method: 'large', params: 'x'.repeat(30_100), id: 'large' });
  fits(await runtime.command('large'), { params: undefined, meta: { paramsUrl: String } });
  await Promise.all([w.cancel(app, 'small'), w.cancel(app, 'large')]);
  await Promise.all([whole, referred]);
});
it('progress', '| progress of a call | `seq` 0 to 3,999, 8 KiB each | dropped |', async (w) => {
  const { app, runtime } = await w.household(silent);
  const stream = await w.follow(app, { method: 'm' });
  const { id } = await runtime.command();
  runtime.step(id, 4_000, 1);
  runtime.step(id, 0, 'd'.repeat(8_300));
  await runtime.settled();
  runtime.step(id, 1, 'd'.repeat(8_000));
  await stream.event('progress');
  runtime.reply(id, 1);
  await stream.last();
  equal(stream.seqs(), [1], 'the steps');
});
it('descriptor', '| descriptor | 32 KiB, 16 levels | 413 / 400 |', async (w) => {
  const type = 'agenttown.runtime_pairing.v1';
  const code = () =>
    `AT-${w
      .name('L')
      .replace(/[^A-Za-z0-9]/g, '')
      .toUpperCase()
      .padEnd(12, '7')
      .slice(0, 12)}`;
  const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);
  fits(await w.leave(code(), { type, note: 'n'.repeat(32 * 1024) }), {
    status: 413,
    body: { limitBytes: 32_768 },
  });
  fits(await w.leave(code(), { type, deep: deep(17) }), { status: 400 });
});
it('capabilities', '| `capabilities` | 8 KiB | 400 |', async (w) => {
  const body = { runtimeType: 'kit', capabilities: ['x'.repeat(8_192)] };
  fits(await w.enrol('POST /api/relay/register', { body }), {
    status: 400,
    body: { errors: [{ path: 'capabilities' }] },
  });
});
it(
  'frame',
  "| frame / message to the server (API Gateway's own) | 32 KiB / 128 KiB | closed with 1009 |",
  async (w) => {
    const gateway = await w.register();
    const [one, many] = [await w.runtime(gateway), await w.runtime(gateway)];
    one.send('x'.repeat(33 * 1024));
    many.sendInPieces('x'.repeat(129 * 1024), 16_384);
    equal([await one.closed, await many.closed], [1009, 1009], 'the close codes');
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

section('Failed attempts');

it(
  'wrong-tokens',
  'Wrong registration tokens of one source are counted in the same way, apart from codes, on every route that takes one.',
  async (w) => {
    const routes = ['POST /api/relay/register', 'POST /api/runtime-pairings', 'GET /api/monitor/events'];
    const ask = (n: number, credential: string) =>
      w.ask(routes[n % 3]!, { credential, ...(n % 3 === 2 ? {} : { body: { runtimeType: 'kit' } }) });
    for (let n = 0; n < 10; n++) fits(await ask(n, `wrong-registration-token-${n}`), { status: 401 });
    for (let n = 0; n < 3; n++)
      fits(await ask(n, w.server.token!), {
        status: 429,
        body: { code: 'rate_limited', retryAfterMs: (ms) => Number(ms) > 100_000 },
      });
    fits(
      await w.ask('POST /api/relay/redeem', { body: wrongCode(1) }),
      { status: 404 },
      'codes, which are counted apart',
    );
  },
  {
    unlessTried: (w) => needsToken.unlessTried(w) ?? needsAddresses.unlessTried(w),
    also: [['Limits', '| wrong registration tokens of one source | 10 in 60 s, then 120 s pause | 429 |']],
  },
);
it(
  'registrations',
  'A source may register and leave descriptors 60 times a minute.',
  async (w) => {
    const found: number[] = [];
    for (let n = 0; n < 65 && !found.includes(429); n++)
      found.push(
        (await w.ask('POST /api/relay/register', { credential: w.server.token, body: { runtimeType: 1 } }))
          .status,
      );
    holds(
      found.at(-1) === 429 && found.length > 60,
      `the first refusal was that of registration ${found.indexOf(429) + 1}`,
    );
  },
  {
    ...needsAddresses,
    also: [['Limits', '| registrations and descriptors of one source | 60 a minute | 429 |']],
  },
);
it(
  'waiting-code',
  'That a pairing code waits already (`code_exists`) is as good as a right guess, so it counts as a failure.',
  async (w) => {
    const type = 'agenttown.runtime_pairing.v1';
    const code = `AT-${w
      .name('W')
      .replace(/[^A-Za-z0-9]/g, '')
      .toUpperCase()
      .padEnd(12, '7')
      .slice(0, 12)}`;
    fits(await w.leave(code, { type }, { from: w.server.sources.next() }), { status: 201 });
    for (let n = 0; n < 10; n++)
      fits(await w.leave(code, { type }), { status: 409, body: { code: 'code_exists' } });
    fits(await w.leave(code, { type }), { status: 429 });
  },
  needsAddresses,
);
it(
  'failed-redeems',
  'Both redeem routes count failures of one source together: ten in 60 s, then 120 s in which every redeem of that source gets 429 `rate_limited` with `retryAfterMs`.',
  async (w) => {
    for (let n = 0; n < 5; n++) {
      fits(await w.ask('POST /api/relay/redeem', { body: wrongCode(n) }), { status: 404 });
      fits(
        await w.ask('POST /api/runtime-pairings/redeem', { body: { pairingCode: wrongCode(n).accessCode } }),
        { status: 404 },
      );
    }
    for (const [route, body] of [
      ['POST /api/relay/redeem', wrongCode(9)],
      ['POST /api/runtime-pairings/redeem', { pairingCode: 'AT-ZZZZ-0000-0009' }],
    ] as const) {
      const { status, body: problem, headers } = await w.ask(route, { body });
      fits(
        [status, problem],
        [
          429,
          {
            code: 'rate_limited',
            retryable: true,
            retry: 'same-id',
            retryAfterMs: (ms) => Number(ms) > 100_000 && Number(ms) <= 120_000,
          },
        ],
      );
      equal(headers['retry-after'], String(Math.ceil(problem.retryAfterMs / 1_000)), 'Retry-After');
    }
  },
  {
    ...needsAddresses,
    also: [
      ['Limits', '| failed redeems, and `code_exists`, of one source | 10 in 60 s, then 120 s pause | 429 |'],
      ['Errors', '| 429 | `rate_limited` | throttled, or too many failed attempts | `same-id` |'],
    ],
  },
);
it(
  'right-code-in-pause',
  'a right code is refused as well and stays unused.',
  async (w) => {
    const { accessCode } = await w.register();
    for (let n = 0; n < 10; n++) await w.ask('POST /api/relay/redeem', { body: wrongCode(n) });
    fits(await w.ask('POST /api/relay/redeem', { body: { accessCode } }), { status: 429 });
    fits(await w.ask('POST /api/relay/redeem', { body: { accessCode }, from: w.server.sources.next() }), {
      status: 200,
    });
  },
  needsAddresses,
);
it(
  'source-is-the-address',
  'A source is the address that API Gateway reports,',
  async (w) => {
    for (let n = 0; n < 10; n++)
      await w.ask('POST /api/relay/redeem', {
        body: wrongCode(n),
        headers: { 'x-forwarded-for': `203.0.113.${n}`, forwarded: `for=203.0.113.${n}` },
      });
    fits(
      await w.ask('POST /api/relay/redeem', {
        body: wrongCode(1),
        headers: { 'x-forwarded-for': '203.0.113.77' },
      }),
      { status: 429 },
    );
  },
  needsAddresses,
);
