import { call, type Paired, type Registered, redeem, register, request } from '../../support/api';
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
const clientsOf = async ({ relaySecret }: Registered) => {
  const { status, body } = await request(relay.url, 'GET /api/relay/clients', { credential: relaySecret });
  expect(status).toBe(200);
  return body.clients;
};
const statusAs = async (credential: string) =>
  (await request(relay.url, 'GET /api/relay/status', { credential })).status;
const remove = (route: string, credential?: string) => request(relay.url, `DELETE ${route}`, { credential });

test('a fresh code kills the one before it', async () => {
  const registered = await register(relay.url);
  const { body } = await request(relay.url, 'POST /api/relay/codes', {
    credential: registered.relaySecret,
    body: {},
  });
  expect(body).toEqual({
    gatewayId: registered.gatewayId,
    accessCode: expect.stringMatching(/^AT(-[0-9A-HJKMNP-TV-Z]{4}){3}$/),
    accessCodeExpiresAt: expect.any(String),
  });
  const old = await request(relay.url, 'POST /api/relay/redeem', {
    body: { accessCode: registered.accessCode },
  });
  expect([old.status, old.body.code]).toEqual([404, 'code_not_found']);
  expect(await redeem(relay.url, body.accessCode)).toHaveProperty('clientToken');
});

test('of codes that are asked for at the same time one is alive, and every asker gets an answer', async () => {
  const registered = await register(relay.url);
  const codes = await Promise.all(Array.from({ length: 4 }, () => newCode(registered)));
  const answers = await Promise.all(
    codes.map((accessCode) => request(relay.url, 'POST /api/relay/redeem', { body: { accessCode } })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404]);
});

test('an owner lists clients with their labels, oldest first', async () => {
  const registered = await register(relay.url);
  const phone = await redeem(relay.url, registered.accessCode, 'Phone');
  const laptop = await redeem(relay.url, await newCode(registered), 'Läptop');
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/);
  expect(await clientsOf(registered)).toEqual([
    { clientId: phone.clientId, label: 'Phone', createdAt: time, lastUsedAt: time },
    { clientId: laptop.clientId, label: 'Läptop', createdAt: time, lastUsedAt: time },
  ]);
});

test("a revoked client's token is dead at the next call, the others live on", async () => {
  const registered = await register(relay.url);
  const runtime = await TestRuntime.connect(registered, echo);
  const first = await redeem(relay.url, registered.accessCode);
  const second = await redeem(relay.url, await newCode(registered));
  const revoked = await remove(`/api/relay/clients/${first.clientId}`, registered.relaySecret);
  expect([revoked.status, revoked.body]).toEqual([204, undefined]);
  expect((await call(relay.url, first, { method: 'echo' })).status).toBe(401);
  expect((await call(relay.url, second, { method: 'echo', params: 1 })).body.result).toBe(1);
  expect((await clientsOf(registered)).map(({ clientId }: Paired) => clientId)).toEqual([second.clientId]);
  expect((await remove(`/api/relay/clients/${first.clientId}`, registered.relaySecret)).status).toBe(404);
  await runtime.close();
});

test("a revoked client's socket is closed, the runtime's and another App's stay open", async () => {
  const registered = await register(relay.url);
  const runtime = await TestRuntime.connect(registered, echo);
  const [first, second] = [
    await redeem(relay.url, registered.accessCode),
    await redeem(relay.url, await newCode(registered)),
  ];
  const [mine, other] = [await TestRuntime.connectApp(first), await TestRuntime.connectApp(second)];
  await remove(`/api/relay/clients/${first.clientId}`, registered.relaySecret);
  await mine.closed;
  expect(await other.ask('relay.ping')).toHaveProperty('result');
  expect(await runtime.ask('relay.ping')).toHaveProperty('result');
  await expect(TestRuntime.connectApp(first)).rejects.toThrow('handshake 401');
  await Promise.all([other.close(), runtime.close()]);
});

test('a client removes itself, and no other', async () => {
  const registered = await register(relay.url);
  const first = await redeem(relay.url, registered.accessCode);
  const second = await redeem(relay.url, await newCode(registered));
  const other = await remove(`/api/relay/clients/${second.clientId}`, first.clientToken);
  expect([other.status, other.body.code]).toEqual([403, 'forbidden']);
  expect((await remove(`/api/relay/clients/${first.clientId}`, first.clientToken)).status).toBe(204);
  expect(await statusAs(first.clientToken)).toBe(401);
  expect(await statusAs(second.clientToken)).toBe(200);
});

test("an owner cannot reach another gateway's clients", async () => {
  const [mine, theirs] = [await register(relay.url), await register(relay.url)];
  const app = await redeem(relay.url, theirs.accessCode);
  expect((await remove(`/api/relay/clients/${app.clientId}`, mine.relaySecret)).status).toBe(404);
  expect(await statusAs(app.clientToken)).toBe(200);
});

test.each(['cl_x', encodeURIComponent('../gateway'), 'x'.repeat(3_000), '%00', 'cl_%F0%9F%98%80'])(
  'an id that no client can have is not found: %.20s',
  async (clientId) => {
    const { relaySecret } = await register(relay.url);
    const { status, body } = await remove(`/api/relay/clients/${clientId}`, relaySecret);
    expect([status, body.code]).toEqual([404, 'not_found']);
  },
);

test('a rotated secret works, the old one is dead and its sockets are closed', async () => {
  const registered = await register(relay.url);
  const runtime = await TestRuntime.connect(registered, echo);
  const app = await redeem(relay.url, registered.accessCode);
  const { status, body } = await request(relay.url, 'POST /api/relay/secret', {
    credential: registered.relaySecret,
    body: {},
  });
  expect([status, body]).toEqual([
    200,
    { gatewayId: registered.gatewayId, relaySecret: expect.stringMatching(/^ats_[\w-]{43,}$/) },
  ]);
  await runtime.closed;
  expect(await statusAs(registered.relaySecret)).toBe(401);
  await expect(TestRuntime.connect(registered)).rejects.toThrow('handshake 401');
  const { relayUrl } = registered;
  const again = await TestRuntime.connect({ relayUrl, relaySecret: body.relaySecret }, echo);
  expect((await call(relay.url, app, { method: 'echo', params: 2 })).body.result).toBe(2);
  await again.close();
});

test('of simultaneous rotations one succeeds', async () => {
  const { relaySecret } = await register(relay.url);
  const tries = Array.from({ length: 5 }, () =>
    request(relay.url, 'POST /api/relay/secret', { credential: relaySecret, body: {} }),
  );
  const statuses = (await Promise.all(tries)).map(({ status }) => status);
  expect(statuses.sort()).toEqual([200, 401, 401, 401, 401]);
});

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

test('a gateway has 32 clients, the next is refused and its code stays good', async () => {
  const registered = await register(relay.url);
  let accessCode = registered.accessCode;
  const paired: Paired[] = [];
  for (let n = 0; n < 32; n++) {
    paired.push(await redeem(relay.url, accessCode));
    accessCode = await newCode(registered);
  }
  const refused = await request(relay.url, 'POST /api/relay/redeem', { body: { accessCode } });
  expect([refused.status, refused.body.code, refused.body.retryable]).toEqual([
    409,
    'too_many_clients',
    false,
  ]);
  await remove(`/api/relay/clients/${paired[0]!.clientId}`, registered.relaySecret);
  expect(await redeem(relay.url, accessCode)).toHaveProperty('clientToken');
  expect(await clientsOf(registered)).toHaveLength(32);
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

const adminRoutes = [
  'POST /api/relay/codes',
  'GET /api/relay/clients',
  'DELETE /api/relay/clients/cl_AAAAAAAAAAAAAAAA',
  'POST /api/relay/secret',
  'DELETE /api/relay/gateway',
];
test.each(adminRoutes)('%s answers every credential that does not hold alike', async (route) => {
  const registered = await register(relay.url);
  const gone = await register(relay.url);
  // Removing goes on after its answer, and may be asked for again until it is done.
  await eventually(async () => {
    const { status } = await remove('/api/relay/gateway', gone.relaySecret);
    return status === 401 || undefined;
  });
  const app = await redeem(relay.url, registered.accessCode);
  const { relaySecret } = registered;
  const wrong = [
    undefined,
    'hello',
    gone.relaySecret,
    `${relaySecret.slice(0, -2)}AA`,
    `ats_${'A'.repeat(59)}`,
    'atv_'.padEnd(47, 'A'),
    ...(route.includes('clients/') ? [] : [app.clientToken]),
  ];
  const answers = await Promise.all(wrong.map((credential) => request(relay.url, route, { credential })));
  const bodies = answers.map(({ body: { requestId: _, ...body } }) => body);
  expect(bodies).toEqual(wrong.map(() => bodies[0]));
  expect(bodies[0]).toMatchObject({ status: 401, code: 'unauthorized', retryable: false });
});
