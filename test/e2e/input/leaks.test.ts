import { WebSocket } from 'ws';
import { foldCodeSpelling } from '../../../lambdas/core/pairing/codes';
import { call, redeem, register, request } from '../../support/api';
import { everyRow, type StoredRow } from '../../support/memory/tables';
import { type Relay, registrationToken, startRelay } from '../../support/relay';
import { echo, TestRuntime } from '../../support/runtime';

/** Every credential that the run used, right, wrong or dead. */
const used = new Set<string>([registrationToken]);
const use = <T extends string>(credential: T): T => {
  used.add(credential);
  return credential;
};
const answers: string[] = [];

let relay: Relay;
let rows: StoredRow[];
let logged: string;

/** A run through every route, by those who may and by those who may not, in fair weather and in foul. */
beforeAll(async () => {
  relay = await startRelay();
  const send = async (route: string, options: Parameters<typeof request>[2] = {}) => {
    const answer = await request(relay.url, route, options);
    if (answer.status >= 400) answers.push(JSON.stringify(answer.body));
    return answer;
  };
  const registered = await register(relay.url);
  use(registered.relaySecret);
  use(registered.accessCode);
  const runtime = await TestRuntime.connect(registered, echo);
  const app = await redeem(relay.url, registered.accessCode, 'Phone');
  use(app.clientToken);
  await call(relay.url, app, { method: 'echo', params: { deep: ['value'] }, id: 'one' });

  const inQuery = new WebSocket(`${registered.relayUrl}&secret=${registered.relaySecret}`);
  await new Promise((resolve, reject) => inQuery.on('open', resolve).on('error', reject));
  inQuery.send(`{"not": "a frame", "token": "${app.clientToken}"}`);
  inQuery.send(`not json ${registered.relaySecret}`);
  await new Promise((resolve) => inQuery.once('message', resolve));
  inQuery.close();

  const wrong = use(`ats_${'Wr0ng_'.repeat(10)}`.slice(0, 63));
  const wrongToken = use(`atc_${'Wr0ng_'.repeat(13)}`.slice(0, 79));
  await expect(TestRuntime.connect({ ...registered, relaySecret: wrong })).rejects.toThrow('401');
  for (const credential of [wrong, wrongToken, app.clientToken, use('a-wrong-registration-token')]) {
    await send('POST /api/relay/register', { credential, body: { runtimeType: 'x' } });
    await send('GET /api/relay/clients', { credential });
    await send(`GET /api/relay/status?secret=${credential}&token=${credential}`);
    await send(`GET /api/relay/rpc/${credential}`, { credential: app.clientToken });
    await send(`DELETE /api/relay/clients/${credential}`, { credential: registered.relaySecret });
    await send('POST /api/relay/redeem', { body: { accessCode: credential, label: 7 } });
    await call(relay.url, app, { method: credential, id: credential.slice(0, 40), timeoutMs: 'soon' });
  }
  const secretInDescriptor = use('sk-live-0123456789abcdefghijkl');
  const type = 'agenttown.runtime_pairing.v1';
  const pairingCode = use('AT-8P2V-9QWX-4RTZ');
  const leave = (descriptor: unknown) =>
    send('POST /api/runtime-pairings', {
      credential: registrationToken,
      body: { type, pairingCode, descriptor },
    });
  await leave({ type, key: secretInDescriptor, note: `type ${pairingCode} in the App` });
  await leave({ type, displayName: 'Desk' });
  await send('POST /api/runtime-pairings/redeem', { body: { pairingCode: use('AT-8P2V-0000-0001') } });
  const issued = await send('POST /api/relay/codes', { credential: registered.relaySecret, body: {} });
  use(issued.body.accessCode);
  const monitored = await send('GET /api/monitor/events?limit=500', { credential: registrationToken });
  expect(monitored.status).toBe(200);
  answers.push(JSON.stringify(monitored.body));

  // Foul weather: every AWS call fails, with the function's own words in the log.
  relay.host.aws.disturb = () => [{ kind: 'error', status: 400, code: 'ValidationException' }];
  for (const route of ['GET /api/relay/clients', 'POST /api/relay/codes', 'GET /api/relay/status']) {
    expect((await send(route, { credential: registered.relaySecret })).status).toBe(500);
  }
  await send('POST /api/relay/redeem', { body: { accessCode: issued.body.accessCode } });
  await call(relay.url, app, { method: 'echo' });
  await expect(TestRuntime.connect(registered)).rejects.toThrow('handshake');
  relay.host.aws.disturb = undefined;

  const rotated = await send('POST /api/relay/secret', { credential: registered.relaySecret, body: {} });
  use(rotated.body.relaySecret);
  await runtime.closed;
  rows = await everyRow(relay.host);
  logged = relay.logged.join('\n');
}, 60_000);
afterAll(() => relay.stop());

/** The codes among the credentials, as they are hashed. */
const codes = () =>
  [...used]
    .filter((credential) => credential.startsWith('AT-'))
    .map((code) => foldCodeSpelling(code).slice(2));

test('the run logged its faults', () => {
  expect(logged).toContain('Something failed');
});

test('no log record holds a credential that the run used', () => {
  for (const credential of used) expect(logged).not.toContain(credential);
  for (const code of codes()) expect(foldCodeSpelling(logged)).not.toContain(code);
});

test('no log record holds a query string or an address', () => {
  expect(logged).not.toMatch(/[?&](secret|token|gatewayId)=/);
  expect(logged).not.toMatch(/\b127\.0\.0\.1\b/);
});

test('no error, and nothing that the monitor shows, holds a credential that the run used', () => {
  expect(answers.length).toBeGreaterThan(25);
  for (const credential of used) expect(answers.join('\n')).not.toContain(credential);
});

test('no table holds a credential, only hashes', () => {
  const tables = new Set(rows.map(({ table }) => table));
  for (const table of ['Codes', 'Gateways', 'Clients', 'Rpcs', 'Attempts']) expect(tables).toContain(table);
  const stored = rows.map(({ row }) => textOf(row)).join('\n');
  for (const credential of used) expect(stored).not.toContain(credential);
  for (const code of codes()) expect(foldCodeSpelling(stored)).not.toContain(code);
  // What is searched is what is stored: a hash of the same run is found.
  expect(stored).toContain('tokenHash');
  expect(stored).not.toContain('127.0.0.1');
});

/** A row with its bytes as text. */
function textOf(row: StoredRow['row']): string {
  return JSON.stringify(row, (_, value) =>
    value?.type === 'Buffer' || value instanceof Uint8Array
      ? Buffer.from(value.data ?? value).toString('latin1')
      : value,
  );
}
