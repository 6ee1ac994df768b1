/** How credentials travel, how they end, and the one answer to all that do not hold. */
import { suiteOf } from '../../harness/case';
import { equal, fits, holds } from '../../harness/expect';
import type { ServerWorld } from '../world';

const { cases, section, it } = suiteOf<ServerWorld>('pairing');
export const bearers = cases;

section('Credentials');

it('bearer', 'They travel in `Authorization: Bearer …`.', async (w) => {
  const { app } = await w.shared();
  fits(await w.ask('GET /api/relay/status', { credential: app.clientToken }), { status: 200 });
  fits(await w.ask(`GET /api/relay/status?token=${app.clientToken}&secret=${app.clientToken}`), {
    status: 401,
  });
  const headers = { authorization: `Basic ${app.clientToken}` };
  fits(await w.ask('GET /api/relay/status', { headers }), { status: 401 });
});

it(
  'secret-in-query',
  'On the WebSocket URL `?secret=` is read as well, because existing runtimes send it;',
  async (w) => {
    const { relayUrl, relaySecret, gatewayId } = await w.register();
    const socket = await w.peer(`${relayUrl}${relayUrl.includes('?') ? '&' : '?'}secret=${relaySecret}`);
    fits(await socket.ask('relay.hello', {}), { result: { gatewayId } });
  },
);

it('no-credential-in-errors', 'no log and no error contains a query string or a credential.', async (w) => {
  const credential = `atc_${'Q'.repeat(75)}`;
  for (const route of ['GET /api/relay/status', 'GET /api/nothing/at/all', 'POST /api/relay/rpc']) {
    const { text } = await w.ask(`${route}?mark=Canary7`, {
      credential,
      ...(route.startsWith('POST') ? { body: {} } : {}),
    });
    holds(
      !text.includes('QQQQ') && !text.includes('Canary7'),
      'an error repeats a credential or a query string',
    );
  }
});

it('one-answer-for-tokens', 'Unknown, expired, used and revoked get one answer.', async (w) => {
  const { gateway, app } = await w.household();
  await w.ask(`DELETE /api/relay/clients/${app.clientId}`, { credential: gateway.relaySecret });
  const wrong = [
    app.clientToken,
    `atc_${'A'.repeat(75)}`,
    `${app.clientToken.slice(0, -2)}AA`,
    'hello',
    undefined,
  ];
  const found = await Promise.all(wrong.map((credential) => w.ask('GET /api/relay/status', { credential })));
  const bodies = found.map(({ status, body: { requestId: _, ...body } }) => ({ status, body }));
  for (const each of bodies) equal(each, bodies[0], 'the answer to a credential that does not hold');
  fits(bodies[0], { status: 401, body: { code: 'unauthorized', retryable: false } });
});

it('one-answer-for-codes', 'Unknown, expired, used and revoked get one answer.', async (w) => {
  const used = await w.register();
  await w.redeem(used.accessCode);
  const replaced = await w.register();
  await w.newCode(replaced);
  const found = [];
  for (const accessCode of [used.accessCode, replaced.accessCode, 'AT-0000-0000-0000'])
    found.push(await w.guess('POST /api/relay/redeem', { body: { accessCode } }));
  const bodies = found.map(({ status, body: { requestId: _, ...body } }) => ({ status, body }));
  for (const each of bodies) equal(each, bodies[0], 'the answer to a code that does not hold');
});

it('unheld-client', 'the client that nobody holds can be revoked.', async (w) => {
  const gateway = await w.register();
  const { clientId } = await w.redeem(gateway.accessCode);
  const { body } = await w.ask('GET /api/relay/clients', { credential: gateway.relaySecret });
  fits(body, { clients: [{ clientId }] });
  fits(await w.ask(`DELETE /api/relay/clients/${clientId}`, { credential: gateway.relaySecret }), {
    status: 204,
  });
  fits(await w.ask('GET /api/relay/clients', { credential: gateway.relaySecret }), { body: { clients: [] } });
});

it(
  'rotated-secret-ends',
  "| until rotated | SHA-256 | `POST /api/relay/secret`, the gateway's removal |",
  async (w) => {
    const { relaySecret } = await w.register();
    const rotated = await w.ask('POST /api/relay/secret', { credential: relaySecret, body: {} });
    w.adopt(rotated.body);
    fits(await w.ask('GET /api/relay/status', { credential: relaySecret }), { status: 401 });
    fits(await w.ask('GET /api/relay/status', { credential: rotated.body.relaySecret }), { status: 200 });
  },
);

it(
  'revoked-streams-end',
  '(its streams and calls end within 10 seconds)',
  async (w) => {
    const { gateway, app, runtime } = await w.household();
    const follow = (id: string) => w.follow(app, { method: 'quiet', id, timeoutMs: 60_000 });
    const lost = await follow('lost');
    const waiting = w.call(app, { method: 'quiet', timeoutMs: 50_000 });
    lost.drop();
    const streams = [await follow('whole'), await w.resume(app, 'lost')];
    await streams[0]!.event('accepted');
    await w.ask(`DELETE /api/relay/clients/${app.clientId}`, { credential: gateway.relaySecret });
    const revokedAtMs = Date.now();
    for (const stream of streams)
      fits(await stream.last(), { event: 'error', data: { code: 'unauthorized' } });
    fits(await waiting, { status: 401 });
    await runtime.frame({ event: 'relay.cancel' });
    holds(
      Date.now() - revokedAtMs < 11_000,
      `they ended ${Date.now() - revokedAtMs} ms after the revocation`,
    );
  },
  { waitsMs: 10_000 },
);
