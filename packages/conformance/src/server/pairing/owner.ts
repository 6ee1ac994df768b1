/** What an owner, or an App for itself, can see and end. */
import { suiteOf } from '../../harness/case';
import { equal, fits, holds } from '../../harness/expect';
import { Refused } from '../../wire/peer';
import type { ServerWorld } from '../world';

const { cases, section, it } = suiteOf<ServerWorld>('pairing');
export const owner = cases;
const time = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

section('Routes');

it('status', '| `GET /api/relay/status` | client token or relay secret |', async (w) => {
  const { gateway, app, runtime } = await w.household();
  for (const credential of [app.clientToken, gateway.relaySecret])
    fits(await w.ask('GET /api/relay/status', { credential }), {
      status: 200,
      body: {
        gatewayId: app.gatewayId,
        connected: true,
        connectedSince: time,
        runtimeType: 'kit',
        displayName: String,
        capabilities: ['echo'],
      },
    });
  await runtime.close();
  fits(await w.ask('GET /api/relay/status', { credential: app.clientToken }), {
    body: { connected: false, connectedSince: undefined, lastSeenAt: time },
  });
});

it(
  'codes',
  '| `POST /api/relay/codes` | relay secret | `{}` | 201 `{ gatewayId, accessCode, accessCodeExpiresAt }` |',
  async (w) => {
    const { gatewayId, relaySecret } = await w.register();
    fits(await w.ask('POST /api/relay/codes', { credential: relaySecret, body: {} }), {
      status: 201,
      body: { gatewayId, accessCode: String, accessCodeExpiresAt: time },
    });
  },
);

it(
  'clients',
  '| `GET /api/relay/clients` | relay secret | | 200 `{ clients: [{ clientId, label, createdAt, lastUsedAt }] }`, oldest first |',
  async (w) => {
    const gateway = await w.register();
    const phone = await w.redeem(gateway.accessCode, 'Phone');
    const laptop = await w.redeem(await w.newCode(gateway), 'Läptop');
    const { body } = await w.ask('GET /api/relay/clients', { credential: gateway.relaySecret });
    const row = (clientId: string, label: string) => ({ clientId, label, createdAt: time, lastUsedAt: time });
    fits(body, { clients: [row(phone.clientId, 'Phone'), row(laptop.clientId, 'Läptop')] });
  },
);

it(
  'revoke',
  "| `DELETE /api/relay/clients/{clientId}` | relay secret, or that client's own token | | 204 |",
  async (w) => {
    const { gateway, app } = await w.household();
    const other = await w.redeem(await w.newCode(gateway));
    const revoked = await w.ask(`DELETE /api/relay/clients/${app.clientId}`, {
      credential: gateway.relaySecret,
    });
    equal([revoked.status, revoked.text], [204, ''], 'a revocation');
    fits(await w.call(app, { method: 'echo' }), { status: 401 });
    fits(await w.call(other, { method: 'echo', params: 1 }), { body: { result: 1 } });
    fits(await w.ask(`DELETE /api/relay/clients/${app.clientId}`, { credential: gateway.relaySecret }), {
      status: 404,
    });
  },
);

it('revoke-oneself', "relay secret, or that client's own token", async (w) => {
  const gateway = await w.register();
  const [first, second] = [await w.redeem(gateway.accessCode), await w.redeem(await w.newCode(gateway))];
  fits(await w.ask(`DELETE /api/relay/clients/${second.clientId}`, { credential: first.clientToken }), {
    status: 403,
    body: { code: 'forbidden' },
  });
  fits(await w.ask(`DELETE /api/relay/clients/${first.clientId}`, { credential: first.clientToken }), {
    status: 204,
  });
  fits(await w.ask('GET /api/relay/status', { credential: first.clientToken }), { status: 401 });
  fits(await w.ask('GET /api/relay/status', { credential: second.clientToken }), { status: 200 });
});

it(
  'rotate',
  '| `POST /api/relay/secret` | relay secret | `{}` | 200 `{ gatewayId, relaySecret }`; the old one is dead, its sockets are closed |',
  async (w) => {
    const { gateway, app, runtime } = await w.household();
    const { status, body } = await w.ask('POST /api/relay/secret', {
      credential: gateway.relaySecret,
      body: {},
    });
    w.adopt(body);
    fits([status, body], [200, { gatewayId: gateway.gatewayId, relaySecret: /^ats_/ }]);
    await runtime.closed;
    fits(
      await w.runtime(gateway).catch((error) => error),
      { status: 401 },
      'a handshake with the old secret',
    );
    await w.runtime({ ...gateway, relaySecret: body.relaySecret });
    fits(await w.call(app, { method: 'echo', params: 2 }), { body: { result: 2 } });
  },
);

it('rotate-at-once', 'the old one is dead, its sockets are closed', async (w) => {
  const { relaySecret } = await w.register();
  const found = await Promise.all(
    Array.from({ length: 4 }, () => w.ask('POST /api/relay/secret', { credential: relaySecret, body: {} })),
  );
  for (const { status, body } of found) if (status === 200) w.adopt(body);
  equal(found.map(({ status }) => status).sort(), [200, 401, 401, 401], 'rotations at once');
});

it(
  'remove',
  '| `DELETE /api/relay/gateway` | relay secret | | 204; identity, clients, codes, running calls and sockets are gone;',
  async (w) => {
    const { gateway, app, runtime } = await w.household();
    const code = await w.newCode(gateway);
    const running = w.call(app, { method: 'quiet', timeoutMs: 30_000 });
    await runtime.command('quiet');
    fits(await w.ask('DELETE /api/relay/gateway', { credential: gateway.relaySecret }), {
      status: 204,
      text: '',
    });
    await runtime.closed;
    for (const credential of [gateway.relaySecret, app.clientToken])
      fits(await w.ask('GET /api/relay/status', { credential }), { status: 401 });
    fits(await w.guess('POST /api/relay/redeem', { body: { accessCode: code } }), { status: 404 });
    holds(
      (await w.runtime(gateway).catch((error) => error)) instanceof Refused,
      'a removed gateway opens a socket',
    );
    fits(await running, { status: (status) => Number(status) >= 400 }, 'the end of a call that ran');
  },
);
