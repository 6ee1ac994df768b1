/** Registering and redeeming. */
import { suiteOf } from '../../harness/case';
import { fits } from '../../harness/expect';
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

it(
  'capabilities',
  '`capabilities`: an array or an object, 8 KiB at most.',
  async (w) => {
    for (const capabilities of [[], { a: 1 }, ['x'.repeat(8_188)]]) await w.register({ capabilities });
    for (const capabilities of ['text', 7, ['x'.repeat(8_200)]])
      fits(await w.enrol('POST /api/relay/register', { body: { runtimeType: 'kit', capabilities } }), {
        status: 400,
        body: { errors: [{ path: 'capabilities' }] },
      });
  },
  { also: [['Limits', '| `capabilities` | 8 KiB | 400 |']] },
);

section('The protocol');

it('unknown-members', 'unknown members of a request are ignored;', async (w) => {
  const { accessCode } = await w.register({ somethingNew: { deep: [1] } });
  fits(await w.ask('POST /api/relay/redeem', { body: { accessCode, somethingNew: 1 } }), { status: 200 });
});
