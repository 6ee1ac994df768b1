/** Registering, redeeming, and what an owner can do. */
import { suiteOf } from '../../harness/case';
import { equal, fits, holds } from '../../harness/expect';
import { Refused } from '../../wire/peer';
import { needsToken } from '../needs';
import type { ServerWorld } from '../world';

const { cases, section, it } = suiteOf<ServerWorld>('pairing');
export const registering = cases;
const time = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

section('Routes');

it('register', '| `POST /api/relay/register` | registration token |', async (w) => {
  const answer = await w.enrol('POST /api/relay/register', {
    body: {
      runtimeType: 'kit',
      displayName: 'Büro',
      machineId: 'm',
      capabilities: { chat: true },
      type: 'x',
    },
  });
  fits(answer, {
    status: 201,
    body: {
      gatewayId: /^gw_/,
      relaySecret: String,
      accessCode: String,
      accessCodeExpiresAt: time,
      relayUrl: /^wss?:/,
      limits: Object,
    },
  });
});

it(
  'register-needs-token',
  '| `POST /api/relay/register` | registration token |',
  async (w) => {
    fits(await w.ask('POST /api/relay/register', { body: { runtimeType: 'kit' } }), {
      status: 401,
      body: { code: 'unauthorized' },
    });
  },
  needsToken,
);

it(
  'register-limits',
  '`{ gatewayId, relaySecret, accessCode, accessCodeExpiresAt, relayUrl, limits }`',
  async (w) => {
    const { limits } = await w.register();
    fits(limits, {
      maxFrameBytes: 32_768,
      maxMessageBytes: 131_072,
      maxReplyBytes: 4_194_304,
      maxInlineParamsBytes: 30_000,
      maxTimeoutMs: 55_000,
      maxStreamTimeoutMs: 840_000,
    });
  },
);

it(
  'register-again',
  '| same, with `gatewayId` and `relaySecret` in the body | registration token | as above | 200: the same identity with fresh details and a new code; its clients stay paired |',
  async (w) => {
    const gateway = await w.register();
    const app = await w.redeem(gateway.accessCode);
    const { gatewayId, relaySecret } = gateway;
    const again = await w.enrol('POST /api/relay/register', {
      body: { runtimeType: 'hermes', displayName: 'Second', gatewayId, relaySecret },
    });
    fits(again, {
      status: 200,
      body: { gatewayId, relaySecret, accessCode: (fresh) => fresh !== gateway.accessCode },
    });
    fits(await w.ask('GET /api/relay/status', { credential: app.clientToken }), {
      status: 200,
      body: { runtimeType: 'hermes', displayName: 'Second' },
    });
    fits(await w.redeem(again.body.accessCode), { gatewayId });
  },
);

it('register-again-wrongly', '| same, with `gatewayId` and `relaySecret` in the body |', async (w) => {
  const { gatewayId, relaySecret } = await w.register();
  const body = { runtimeType: 'kit', gatewayId, relaySecret: `${relaySecret.slice(0, -3)}AAA` };
  fits(await w.guess('POST /api/relay/register', { credential: w.server.token, body }), {
    status: (status) => status === 401 || status === 403,
  });
});

it('redeem', '| `POST /api/relay/redeem` | none | `{ accessCode, label? }` |', async (w) => {
  const gateway = await w.register({ capabilities: ['echo', 'chat'] });
  const app = await w.redeem(gateway.accessCode, 'Läptop');
  const { gatewayId, relayUrl } = gateway;
  fits(app, {
    gatewayId,
    clientId: /^cl_/,
    clientToken: String,
    relayUrl,
    connected: false,
    runtimeType: 'kit',
    displayName: 'Conformance kit',
    capabilities: ['echo', 'chat'],
  });
});

it(
  'redeem-connected',
  '200 `{ gatewayId, clientId, clientToken, relayUrl, connected, runtimeType, displayName, capabilities }`',
  async (w) => {
    const gateway = await w.register();
    await w.runtime(gateway);
    fits(await w.redeem(gateway.accessCode), { connected: true });
  },
);

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

it(
  'members',
  '`runtimeType`, `displayName`, `machineId`, `label`: 1 to 64, 128, 128, 64 characters.',
  async (w) => {
    const longest = { runtimeType: 'x'.repeat(64), displayName: 'd'.repeat(128), machineId: 'm'.repeat(128) };
    const gateway = await w.register(longest);
    for (const [name, value] of Object.entries(longest)) {
      for (const wrong of [`${value}x`, '']) {
        const answer = await w.enrol('POST /api/relay/register', {
          body: { runtimeType: 'kit', [name]: wrong },
        });
        fits(answer, { status: 400, body: { code: 'invalid_request', errors: [{ path: name }] } });
      }
    }
    const label = await w.ask('POST /api/relay/redeem', {
      body: { accessCode: gateway.accessCode, label: 'l'.repeat(65) },
    });
    fits(label, { status: 400, body: { errors: [{ path: 'label' }] } });
    await w.redeem(gateway.accessCode, 'l'.repeat(64));
  },
);

it('capabilities', '`capabilities`: an array or an object, 8 KiB at most.', async (w) => {
  for (const capabilities of [[], { a: 1 }, ['x'.repeat(8_188)]]) await w.register({ capabilities });
  for (const capabilities of ['text', 7, ['x'.repeat(8_200)]])
    fits(await w.enrol('POST /api/relay/register', { body: { runtimeType: 'kit', capabilities } }), {
      status: 400,
      body: { errors: [{ path: 'capabilities' }] },
    });
});

section('The protocol');

it('unknown-members', 'unknown members of a request are ignored;', async (w) => {
  const { accessCode } = await w.register({ somethingNew: { deep: [1] } });
  fits(await w.ask('POST /api/relay/redeem', { body: { accessCode, somethingNew: 1 } }), { status: 200 });
});
