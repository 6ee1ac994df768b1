import { request } from '../../support/api';
import { type Relay, registrationToken, startRelay } from '../../support/relay';

let relay: Relay;
beforeAll(async () => {
  relay = await startRelay();
});
afterAll(() => relay.stop());

const type = 'agenttown.runtime_pairing.v1';
const descriptor = {
  type,
  runtime: { type: 'hermes', displayName: 'Büro' },
  endpoints: [{ url: 'wss://desk.example/relay', transport: 'websocket' }],
  pairing: { challengeId: 'ch_1', codeHash: 'a'.repeat(64) },
  limits: { maxTokens: 4096 },
  requiresToken: true,
};
let serial = 0;
const newCode = () => `AT-QQQQ-WWWW-${String(++serial).padStart(4, '0')}`;

const leave = (body: unknown, credential: string | undefined = registrationToken) =>
  request(relay.url, 'POST /api/runtime-pairings', { credential, body });
const take = (pairingCode: string) =>
  request(relay.url, 'POST /api/runtime-pairings/redeem', { body: { pairingCode } });

test('a runtime leaves its descriptor behind a code, and the App that types the code gets it once', async () => {
  const pairingCode = newCode();
  const left = await leave({ type, pairingCode, descriptor });
  expect(left.status).toBe(201);
  expect(left.body).toEqual({ ok: true, type, expiresAt: expect.any(String) });
  expect(Date.parse(left.body.expiresAt) - Date.now()).toBeGreaterThan(590_000);
  const taken = await take(pairingCode.toLowerCase().replaceAll('-', ' '));
  expect([taken.status, taken.body]).toEqual([200, { type, descriptor }]);
  const again = await take(pairingCode);
  expect([again.status, again.body.code]).toEqual([404, 'code_not_found']);
});

test('of simultaneous redeems of a pairing code exactly one succeeds', async () => {
  const pairingCode = newCode();
  await leave({ type, pairingCode, descriptor });
  const answers = await Promise.all(Array.from({ length: 8 }, () => take(pairingCode)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(404)]);
});

test('a code behind which a descriptor waits is refused with 409', async () => {
  const pairingCode = newCode();
  await leave({ type, pairingCode, descriptor });
  const again = await leave({ type, pairingCode, descriptor });
  expect([again.status, again.body.code]).toEqual([409, 'code_exists']);
});

test('leaving a descriptor needs the registration token', async () => {
  const { status, body } = await leave({ type, pairingCode: newCode(), descriptor }, 'x'.repeat(43));
  expect([status, body.code]).toEqual([401, 'unauthorized']);
});

test('a descriptor with a secret is refused with the place and never the value', async () => {
  const secret = `sk-ant-${'x9'.repeat(20)}`;
  const { status, body } = await leave({
    type,
    pairingCode: newCode(),
    descriptor: { ...descriptor, env: { MODEL_KEY: secret } },
  });
  expect([status, body.code]).toEqual([400, 'descriptor_rejected']);
  expect(body.errors).toEqual([{ path: 'descriptor.env.MODEL_KEY', message: expect.any(String) }]);
  expect(JSON.stringify(body)).not.toContain(secret);
});

test('a descriptor over 32 KiB is refused with the limit', async () => {
  const { status, body } = await leave({
    type,
    pairingCode: newCode(),
    descriptor: { ...descriptor, note: 'n'.repeat(32 * 1024) },
  });
  expect([status, body.code, body.limitBytes]).toEqual([413, 'payload_too_large', 32 * 1024]);
});

test('a relay code is no pairing code, nor the other way round', async () => {
  const pairingCode = newCode();
  await leave({ type, pairingCode, descriptor });
  // From an address of its own: this file's other failures are counted too.
  const from = '127.0.45.1';
  const relayed = await request(relay.url, 'POST /api/relay/redeem', {
    body: { accessCode: pairingCode },
    from,
  });
  expect([relayed.status, relayed.body.code]).toEqual([404, 'code_not_found']);
  const taken = await request(relay.url, 'POST /api/runtime-pairings/redeem', {
    body: { pairingCode },
    from,
  });
  expect(taken.status).toBe(200);
});
