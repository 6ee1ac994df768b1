/** Failed attempts, counted by source. */
import { suiteOf } from '../../harness/case';
import { equal, fits, holds } from '../../harness/expect';
import { needsAddresses, needsToken } from '../needs';
import type { ServerWorld } from '../world';

const { cases, section, it } = suiteOf<ServerWorld>('limits');
export const attempts = cases;
const wrongCode = (n: number) => ({ accessCode: `AT-ZZZZ-0000-${String(n).padStart(4, '0')}` });

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
    fits(await w.ask('POST /api/relay/redeem', { body: wrongCode(0) }), { status: 429 }, 'a redeem after it');
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
        headers: {
          'x-forwarded-for': `203.0.113.${n}`,
          forwarded: `for=203.0.113.${n}`,
          'x-real-ip': `203.0.113.${n}`,
        },
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
