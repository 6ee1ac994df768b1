/** How an App comes to its token, and what it does with it. */
import { suiteOf } from '../../harness/case';
import { equal, fits, holds } from '../../harness/expect';
import { portal, refusal } from '../double/refusals';
import type { AppWorld } from '../world';

const { cases, section, it } = suiteOf<AppWorld>('pairing');
export const pairing = cases;
const redeem = 'POST /api/relay/redeem';
const redeemRow = '| `POST /api/relay/redeem` | none | `{ accessCode, label? }` |';

section('Routes');

it('redeems', redeemRow, async (w) => {
  const { server } = await w.paired();
  const [seen] = server.to(redeem);
  fits(seen, { body: { accessCode: server.code }, credential: undefined });
});
it('redeems-once', redeemRow, async (w) => {
  const home = await w.paired();
  equal(await home.call('echo', 1).result(), 1, 'the result of a call after it');
  equal(home.server.to(redeem).length, 1, 'how often the code was redeemed');
});
it('status', '| `GET /api/relay/status` | client token or relay secret | |', async (w) => {
  const { app, server } = await w.shared();
  fits(await app.ask('status').result(), { connected: true, displayName: 'Conformance kit' });
  fits(server.to('GET /api/relay/status')[0], { credential: server.clientToken });
});
it(
  'unpairs',
  "| `DELETE /api/relay/clients/{clientId}` | relay secret, or that client's own token | | 204 |",
  async (w) => {
    const { app, server } = await w.paired();
    const { clientToken, clientId } = server;
    await app.ask('unpair').result();
    fits(server.to(/^DELETE /), [
      { route: `DELETE /api/relay/clients/${clientId}`, credential: clientToken },
    ]);
  },
);

section('Credentials');

it('bearer', 'They travel in `Authorization: Bearer …`.', async (w) => {
  const home = await w.byHttp();
  await home.call('echo', 1).result();
  const [seen] = home.server.to(/\/api\/relay\/rpc/);
  equal(seen?.credential === home.server.clientToken, true, 'the bearer of a call');
});
it('no-token-in-a-url', 'They travel in `Authorization: Bearer …`.', async (w) => {
  const home = await w.paired();
  await home.call('echo', 1).result();
  await home.app.ask('status').result();
  const { server } = home;
  for (const url of [...server.requests, ...server.handshakes].map((seen) => seen.url))
    holds(!url.includes(server.clientToken) && !url.includes(server.code), 'an address holds a credential');
});
it('keeps', '| client token | `atc_` + base64url | one App | 256 bits |', async (w) => {
  const home = await w.paired();
  await home.restart();
  await home.app.ask('open').result();
  equal(await home.call('echo', 'again').result(), 'again', 'the result of a call after a restart');
  equal(home.server.to(redeem).length, 1, 'how often the code was redeemed');
});
const keeping =
  'An App keeps its client token where only its user can read it, and no code, no ticket, no params and no answers beside it.';
it('keeps-nothing-else', keeping, async (w) => {
  const home = await w.paired();
  await home.call('echo', { secret: 'of-the-params' }).result();
  const other = home.call('wait', 1);
  (await home.server.calls.of('wait')).answer('of-the-answer');
  await other.result();
  const { text } = home.kept();
  const kept = [home.server.code, 'of-the-params', 'of-the-answer', ...home.server.tickets];
  holds(!kept.some((word) => text.includes(word)), 'its folder holds more than it should');
});
it('keeps-to-itself', keeping, async (w) => {
  const home = await w.paired();
  await home.call('echo', 1).result();
  holds(home.kept().isPrivate, 'others can read what it keeps');
});
it('lost-answer', 'If the answer is lost on its way, ask the runtime for a new code;', async (w) => {
  const { app, server } = await w.unpaired({
    instead: [{ route: /redeem$/, what: ['lost-answer'] }],
  });
  await app.ask('pair', { code: server.code }).error();
});

section('Errors');

it(
  'wrong-code',
  '| 404 | `code_not_found` | redeem of an unknown, expired or used code | no |',
  async (w) => {
    const { app, server } = await w.unpaired();
    fits(await app.ask('pair', { code: 'AT-0000-0000-0000' }).error(), { code: 'code_not_found' });
    equal(server.to(redeem).length, 1, 'how often a wrong code was tried');
  },
);
it('too-many-clients', '| 409 | `too_many_clients` | the gateway has its 32 clients | no |', async (w) => {
  const { app, server } = await w.unpaired({
    instead: [{ route: /redeem$/, what: [refusal('too_many_clients')] }],
  });
  fits(await app.ask('pair', { code: server.code }).error(), { code: 'too_many_clients' });
  equal(server.to(redeem).length, 1, 'how often it was tried');
});

section('Failed attempts');

it(
  'pause',
  'then 120 s in which every redeem of that source gets 429 `rate_limited` with `retryAfterMs`.',
  async (w) => {
    const slow = refusal('rate_limited', { retry: 'same-id', retryAfterMs: 120_000 });
    const { app, server } = await w.unpaired({
      instead: [{ route: /redeem$/, what: [slow, slow, slow, slow] }],
    });
    fits(await app.ask('pair', { code: server.code }).error(), {
      code: 'rate_limited',
      retryAfterMs: 120_000,
    });
    equal(server.to(redeem).length, 1, 'how often it was tried within the pause');
  },
);

section("A runtime's connection");

it(
  'portal',
  "A 401 or 403 that is not the relay's own problem (a portal's, a proxy's) proves nothing.",
  async (w) => {
    const { app, server } = await w.unpaired({ instead: [{ route: /redeem$/, what: [portal(403)] }] });
    const told = await app.ask('pair', { code: server.code }).done();
    if (!told.error) return;
    holds(
      !['code_not_found', 'forbidden', 'unauthorized'].includes(told.error.code),
      `a portal's page was told as ${told.error.code}`,
    );
    await app.ask('pair', { code: server.code }).result();
  },
);
it(
  'portal-with-200',
  "A 401 or 403 that is not the relay's own problem (a portal's, a proxy's) proves nothing.",
  async (w) => {
    const { app, server } = await w.unpaired({ instead: [{ route: /redeem$/, what: [portal(200)] }] });
    const told = await app.ask('pair', { code: server.code }).done();
    if (told.error) await app.ask('pair', { code: server.code }).result();
    equal(server.isCodeUsed, true, 'whether the code was redeemed by who says it is paired');
  },
);
