/** What an App does when a call is not answered as it hoped: it asks again under the same id, or tells its caller, and never runs anything twice. */
import { suiteOf } from '../../harness/case';
import { equal, fits, holds } from '../../harness/expect';
import { portal, type Refusal, refusal } from '../double/refusals';
import type { Instead } from '../double/server-double';
import { type AppWorld, ranOnce } from '../world';

const { cases, section, it } = suiteOf<AppWorld>('retries');
export const retries = cases;
/** Any request that is about calls, but for cancelling. */
const rpc = /\/api\/relay\/rpc(\/[^/]+)?$/;
const met = (...what: Instead[]) => ({ instead: [{ route: rpc, what }] });
const again =
  'Before a call has ended, a caller who hears nothing, or a 429 or 500, repeats it under the same id: it joins.';

section('The states of a call');

const slow = refusal('rate_limited', { retry: 'same-id', retryAfterMs: 1_200 });
const fault = refusal('internal_error', { retry: 'same-id' });
const unheard: Array<[string, Instead[]]> = [
  ['after-429', [slow]],
  ['after-500', [fault, fault]],
  ['lost-on-its-way', ['lost-unheard']],
  ['lost-answer', ['lost-answer']],
  ['lost-twice', ['lost-answer', 'lost-answer']],
];
for (const [id, what] of unheard)
  it(id, again, async (w) => {
    const home = await w.byHttp(met(...what));
    equal(await home.call('echo', 'once').result(), 'once', 'the result');
    ranOnce(home, 'echo');
    const asked = home.server.to('POST /api/relay/rpc').map(({ body }) => body?.id);
    holds(new Set(asked).size === 1, `one call was asked for under ${new Set(asked).size} ids`);
  });
it('same-bytes', again, async (w) => {
  const home = await w.byHttp(met(fault));
  await home.call('echo', { a: 1 }).result();
  for (const { body } of home.server.to('POST /api/relay/rpc'))
    fits(body, { method: 'echo', params: { a: 1 } }, 'a repeat');
});
it('not-for-ever', again, async (w) => {
  const home = await w.byHttp(met(...Array.from({ length: 200 }, () => fault)));
  const asked = home.call('echo', 1, { timeoutMs: 3_000 });
  fits(await asked.error(), { code: String });
  holds(home.server.to(rpc).length <= 20, `${home.server.to(rpc).length} tries within a call's time`);
});
it('on-socket-429', again, async (w) => {
  const home = await w.onSocket({
    refusedCalls: [{ code: 'rate_limited', details: { retry: 'same-id', retryAfterMs: 300 } }],
  });
  equal(await home.call('echo', 'once').result(), 'once', 'the result');
  ranOnce(home, 'echo');
});
it('on-socket-500', again, async (w) => {
  const home = await w.onSocket({
    refusedCalls: [{ code: 'internal_error', details: { retry: 'same-id' } }],
  });
  equal(await home.call('echo', 'once').result(), 'once', 'the result');
  ranOnce(home, 'echo');
});

section('Errors');

const flat: Array<[string, Refusal, string]> = [
  [
    'invalid',
    refusal('invalid_request'),
    '| 400 | `invalid_request` | not JSON, or fails its schema; `errors` lists each path | no |',
  ],
  [
    'forbidden',
    refusal('forbidden'),
    '| 403 | `forbidden` | valid credential, not for this gateway or action | no |',
  ],
  [
    'conflict',
    refusal('idempotency_conflict'),
    '| 409 | `idempotency_conflict` | same `id`, different method or params | no |',
  ],
  [
    'body-too-large',
    refusal('payload_too_large', { limitBytes: 4_194_304 }),
    '| 413 | `payload_too_large` | over a limit; `limitBytes` names it | no |',
  ],
];
for (const [id, answer, row] of flat)
  it(id, row, async (w) => {
    const home = await w.byHttp(met(answer, answer, answer));
    fits(await home.call('echo', 1).error(), { code: JSON.parse(answer.body).code });
    equal(home.server.to(rpc).length, 1, 'how often what cannot succeed was asked');
  });
it(
  'unauthorized',
  '| 401 | `unauthorized` | credential missing, malformed, wrong, expired or revoked | no |',
  async (w) => {
    const home = await w.byHttp();
    home.server.revoke();
    fits(await home.call('echo', 1).error(), { code: 'unauthorized' });
    holds(home.server.to(rpc).length <= 1, `${home.server.to(rpc).length} tries with a dead token`);
  },
);
it('waits-as-told', 'with `Retry-After` in seconds beside `retryAfterMs`.', async (w) => {
  const home = await w.byHttp(met(slow));
  await home.call('echo', 1).result();
  const [first, second] = home.server.to(rpc).map(({ atMs }) => atMs);
  holds(second! - first! >= 1_190, `asked again after ${second! - first!} ms where 1,200 were told`);
});

section("A runtime's connection");

const nothing = "A 401 or 403 that is not the relay's own problem (a portal's, a proxy's) proves nothing.";
for (const status of [200, 401, 403])
  it(`portal-${status}`, nothing, async (w) => {
    const home = await w.byHttp(met(portal(status)));
    const told = await home.call('echo', 'in').done();
    if (told.error)
      holds(
        !['unauthorized', 'forbidden'].includes(told.error.code),
        `a portal's page was told as ${told.error.code}`,
      );
    else equal(told.result, 'in', 'the result');
    equal(await home.call('echo', 'after').result(), 'after', 'the result of the next call');
    holds(!home.app.events.some(({ event }) => event === 'unauthorized'), 'the token was given up');
  });

section('A call in detail');

it(
  'pending',
  '- A retry that joins a call waits for its own `timeoutMs` at most and then gets 202 `pending`.'.slice(2),
  async (w) => {
    const pending: Refusal = {
      status: 202,
      type: 'application/json',
      body: JSON.stringify({ id: 'pending', status: 'pending' }),
    };
    const home = await w.byHttp(met('lost-answer', pending));
    equal(await home.call('echo', 'late', { id: 'pending' }).result(), 'late', 'the result');
    ranOnce(home, 'echo');
  },
);
