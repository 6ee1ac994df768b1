import { call, type Registered, redeem, register, request } from '../../support/api';
import { eventually } from '../../support/eventually';
import { everyRow, putRow } from '../../support/memory/tables';
import { type Relay, startRelay } from '../../support/relay';
import { echo, TestRuntime } from '../../support/runtime';

let relay: Relay;
beforeAll(async () => {
  relay = await startRelay();
});
afterAll(() => relay.stop());

const newCode = async ({ relaySecret }: Registered): Promise<string> => {
  const { status, body } = await request(relay.url, 'POST /api/relay/codes', {
    credential: relaySecret,
    body: {},
  });
  expect(status).toBe(201);
  return body.accessCode;
};
const statusAs = async (credential: string) =>
  (await request(relay.url, 'GET /api/relay/status', { credential })).status;
const remove = (route: string, credential?: string) => request(relay.url, `DELETE ${route}`, { credential });

test('a removed gateway leaves nothing behind but ended calls that die in minutes, and its sockets are closed', async () => {
  const registered = await register(relay.url);
  const kept = await register(relay.url);
  const runtime = await TestRuntime.connect(registered, echo);
  const app = await redeem(relay.url, registered.accessCode);
  for (let n = 0; n < 3; n++) await call(relay.url, app, { method: 'echo', params: 'x'.repeat(n * 2_000) });
  const code = await newCode(registered);
  const removed = await remove('/api/relay/gateway', registered.relaySecret);
  expect([removed.status, removed.body]).toEqual([204, undefined]);
  await runtime.closed;

  // The socket's own row goes with its $disconnect.
  await relay.host.webSockets[0]!.settled();
  const left = (await everyRow(relay.host)).filter(({ table }) => table !== 'MonitorEvents');
  // A call that had ended dies with its ten minutes; nobody is left who could ask for it.
  const isEndedCall = ({ row }: (typeof left)[number]) => row.outcome !== undefined;
  const mine = left.filter(({ row }) => JSON.stringify(row).includes(registered.gatewayId));
  expect(mine.filter((row) => !isEndedCall(row))).toEqual([]);
  for (const { row } of mine) expect(Number(row.expiresAt) * 1000 - Date.now()).toBeLessThanOrEqual(601_000);
  expect(left.some(({ row }) => JSON.stringify(row).includes(kept.gatewayId))).toBe(true);
  expect(await statusAs(registered.relaySecret)).toBe(401);
  expect((await call(relay.url, app, { method: 'echo' })).status).toBe(401);
  await expect(TestRuntime.connect(registered)).rejects.toThrow('handshake 401');
  const redeemed = await request(relay.url, 'POST /api/relay/redeem', { body: { accessCode: code } });
  expect(redeemed.status).toBe(404);
  expect((await remove('/api/relay/gateway', registered.relaySecret)).status).toBe(401);
  expect(await statusAs(kept.relaySecret)).toBe(200);
});

test('a removal that failed half way is repeated with the same secret', async () => {
  const registered = await register(relay.url);
  const app = await redeem(relay.url, registered.accessCode);
  relay.host.aws.disturb = ({ operation }) =>
    operation === 'DeleteItem' ? [{ kind: 'error', status: 400, code: 'ValidationException' }] : undefined;
  expect((await remove('/api/relay/gateway', registered.relaySecret)).status).toBe(500);
  relay.host.aws.disturb = undefined;
  // Nothing of it authenticates any more.
  expect(await statusAs(registered.relaySecret)).toBe(401);
  expect(await statusAs(app.clientToken)).toBe(401);
  expect((await remove('/api/relay/gateway', registered.relaySecret)).status).toBe(204);
  const left = (await everyRow(relay.host)).filter(({ table }) => table !== 'MonitorEvents');
  expect(left.filter(({ row }) => JSON.stringify(row).includes(registered.gatewayId))).toEqual([]);
});

test('use of a client is written once an hour, after the answer, and a call costs no write for it', async () => {
  const registered = await register(relay.url);
  const runtime = await TestRuntime.connect(registered, echo);
  const app = await redeem(relay.url, registered.accessCode);
  const rowOfApp = async () =>
    (await everyRow(relay.host)).find(
      ({ table, row }) => table === 'Clients' && row.clientId === app.clientId,
    )!;
  const stored = await rowOfApp();
  const hourAgoMs = Date.now() - 3_600_001;
  await putRow(relay.host, { ...stored, row: { ...stored.row, lastUsedAt: hourAgoMs } });
  relay.host.aws.meter.reset();
  const writes = () =>
    relay.host.aws.meter.calls.filter(
      ({ operation, resources }) => operation === 'UpdateItem' && resources[0]?.startsWith('Clients'),
    );
  await call(relay.url, app, { method: 'echo' });
  await eventually(() => writes()[0]);
  const noted = await rowOfApp();
  expect(Number(noted.row.lastUsedAt)).toBeGreaterThan(hourAgoMs + 3_600_000);
  expect(Number(noted.row.expiresAt)).toBeGreaterThanOrEqual(Number(stored.row.expiresAt));
  for (let n = 0; n < 3; n++) await call(relay.url, app, { method: 'echo' });
  expect(await statusAs(app.clientToken)).toBe(200);
  expect(writes()).toHaveLength(1);
  await runtime.close();
});
