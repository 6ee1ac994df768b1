import { call, redeem, register, request } from '../../support/api';
import { household } from '../../support/household';
import { type Relay, registrationToken, startRelay } from '../../support/relay';
import { echo, TestRuntime } from '../../support/runtime';
import { callBy, hangUp, ways } from '../../support/ways';

let relay: Relay;
beforeAll(async () => {
  relay = await startRelay();
});
afterAll(() => relay.stop());

/** A runtime that echoes, and an App paired with it. */
const pair = () => household(relay.url, echo);

test('health says which server and version answers', async () => {
  const { status, body, headers } = await request(relay.url, 'GET /health');
  expect(status).toBe(200);
  expect(body).toMatchObject({ ok: true, service: 'agenttown-pairing-server', version: expect.any(String) });
  expect(headers.get('x-request-id')).toBeTruthy();
  expect(headers.get('cache-control')).toBe('no-store');
});

test('a runtime registers and connects, an App redeems and calls, the answer comes back', async () => {
  const registered = await register(relay.url);
  expect(registered).toMatchObject({
    gatewayId: expect.stringMatching(/^gw_/),
    relaySecret: expect.stringMatching(/^ats_[\w-]{43,}$/),
    accessCode: expect.stringMatching(/^AT(-[0-9A-HJKMNP-TV-Z]{4}){3}$/),
    limits: { maxFrameBytes: 32768 },
  });
  const runtime = await TestRuntime.connect(registered, echo);
  const app = await redeem(relay.url, registered.accessCode.toLowerCase().replaceAll('-', ' '));
  expect(app).toMatchObject({ gatewayId: registered.gatewayId, connected: true, runtimeType: 'openclaw' });
  expect(app.clientToken).toMatch(/^atc_[\w-]{43,}$/);
  const answer = await call(relay.url, app, { method: 'echo', params: { say: 'hello' }, id: 'one' });
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual({
    ok: true,
    id: 'one',
    result: { say: 'hello' },
    durationMs: expect.any(Number),
  });
  const command = await runtime.command('echo');
  expect(command).toMatchObject({ jsonrpc: '2.0', type: 'req', id: expect.stringMatching(/^rpc_/) });
  expect(command.meta).toMatchObject({ clientId: app.clientId, deadline: expect.any(String) });
  await runtime.close();
});

test('a second redeem of a code gives 404', async () => {
  const { accessCode } = await register(relay.url);
  await redeem(relay.url, accessCode);
  const again = await request(relay.url, 'POST /api/relay/redeem', { body: { accessCode } });
  expect([again.status, again.body.code]).toEqual([404, 'code_not_found']);
});

test('of 50 simultaneous redeems of one code exactly one succeeds', async () => {
  const { accessCode } = await register(relay.url);
  const tries = Array.from({ length: 50 }, (_, n) =>
    request(relay.url, 'POST /api/relay/redeem', { body: { accessCode }, from: `127.0.7.${n + 1}` }),
  );
  const statuses = (await Promise.all(tries)).map((answer) => answer.status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  expect(statuses.filter((status) => status === 404)).toHaveLength(49);
});

test('20 runtimes answer 200 simultaneous calls of both ways, and no answer is crossed', async () => {
  // One after the other: more than ten redeems at once from one address take turns.
  const pairs: Array<Awaited<ReturnType<typeof pair>>> = [];
  while (pairs.length < 20) pairs.push(await pair());
  const calls = Array.from({ length: 200 }, async (_, n) => {
    const { app } = pairs[n % pairs.length]!;
    const way = ways[Math.floor(n / pairs.length) % ways.length]!;
    const params = { n, to: app.gatewayId };
    const { status, body } = await callBy(way, relay.url, app, { method: 'echo', params });
    expect([status, body.result]).toEqual([200, { n, to: app.gatewayId }]);
  });
  await Promise.all(calls);
  await hangUp();
  await Promise.all(pairs.map(({ runtime }) => runtime.close()));
});

test("the runtime's own error comes back as its error", async () => {
  const registered = await register(relay.url);
  const runtime = await TestRuntime.connect(registered, (command, self) => {
    self.send({
      type: 'res',
      id: command.id,
      ok: false,
      error: { code: 'E_NO', message: 'no', data: { why: 1 } },
    });
  });
  const app = await redeem(relay.url, registered.accessCode);
  const { status, body } = await call(relay.url, app, { method: 'fails' });
  expect([status, body]).toEqual([
    200,
    {
      ok: false,
      id: expect.any(String),
      error: { code: 'E_NO', message: 'no', data: { why: 1 } },
      durationMs: expect.any(Number),
    },
  ]);
  await runtime.close();
});

test("a reply by another gateway's socket is dropped and the call still gets the right one", async () => {
  const victim = await register(relay.url);
  const runtime = await TestRuntime.connect(victim);
  const attacker = await TestRuntime.connect(await register(relay.url));
  const app = await redeem(relay.url, victim.accessCode);
  const answer = call(relay.url, app, { method: 'echo', params: 1 });
  const { id } = await runtime.command();
  attacker.reply(id, 'stolen');
  // The attacker's socket is answered in turn, so its reply has been dealt with by then.
  await attacker.ask('relay.ping');
  runtime.reply(id, 'right');
  expect((await answer).body).toMatchObject({ ok: true, result: 'right' });
  await Promise.all([runtime.close(), attacker.close()]);
});

test('the newest socket gets the commands, and an older one may still reply', async () => {
  const registered = await register(relay.url);
  const older = await TestRuntime.connect(registered);
  const app = await redeem(relay.url, registered.accessCode);
  const first = call(relay.url, app, { method: 'one' });
  const { id } = await older.command('one');
  const newer = await TestRuntime.connect(registered, echo);
  older.reply(id, 'from the older');
  expect((await first).body.result).toBe('from the older');
  const second = await call(relay.url, app, { method: 'two', params: 2 });
  expect(second.body.result).toBe(2);
  expect(older.frames).toHaveLength(1);
  // The older one leaving, late, changes nothing for the newer.
  await older.close();
  expect((await call(relay.url, app, { method: 'three', params: 3 })).body.result).toBe(3);
  await newer.close();
});

test('when the newest socket goes, an older one that is still open takes over', async () => {
  const registered = await register(relay.url);
  const older = await TestRuntime.connect(registered, echo);
  const newer = await TestRuntime.connect(registered);
  const app = await redeem(relay.url, registered.accessCode);
  await newer.close();
  const { body } = await call(relay.url, app, { method: 'echo', params: 'still here' });
  expect(body.result).toBe('still here');
  await older.close();
});

test('a runtime that is not there gives 503 within the grace', async () => {
  const { accessCode } = await register(relay.url);
  const app = await redeem(relay.url, accessCode);
  expect(app.connected).toBe(false);
  const { status, body, headers } = await call(relay.url, app, { method: 'echo', timeoutMs: 1000 });
  expect([status, body.code, body.retryable]).toEqual([503, 'runtime_offline', true]);
  expect(body.requestId).toBe(headers.get('x-request-id'));
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
});

test('a runtime that stays silent gives 504', async () => {
  const registered = await register(relay.url);
  const runtime = await TestRuntime.connect(registered);
  const app = await redeem(relay.url, registered.accessCode);
  const { status, body } = await call(relay.url, app, { method: 'echo', timeoutMs: 1000 });
  expect([status, body.code, body.retryable]).toEqual([504, 'rpc_timeout', true]);
  await runtime.close();
});

test('a call waits for a runtime that connects within the grace', async () => {
  const registered = await register(relay.url);
  const app = await redeem(relay.url, registered.accessCode);
  const answer = call(relay.url, app, { method: 'echo', params: 'worth the wait', timeoutMs: 10_000 });
  const runtime = await TestRuntime.connect(registered, echo);
  expect((await answer).body.result).toBe('worth the wait');
  await runtime.close();
});

test('status tells client and runtime whether the runtime is connected', async () => {
  const { registered, runtime, app } = await pair();
  for (const credential of [app.clientToken, registered.relaySecret]) {
    const { body } = await request(relay.url, 'GET /api/relay/status', { credential });
    expect(body).toMatchObject({
      gatewayId: app.gatewayId,
      connected: true,
      connectedSince: expect.any(String),
    });
  }
  await runtime.close();
  const { body } = await request(relay.url, 'GET /api/relay/status', { credential: app.clientToken });
  expect(body).toMatchObject({ connected: false, lastSeenAt: expect.any(String) });
});

test('registering again with the identity keeps it and its clients, and gives a fresh code', async () => {
  const { registered, runtime, app } = await pair();
  const { gatewayId, relaySecret } = registered;
  const body = { runtimeType: 'hermes', gatewayId, relaySecret };
  const again = await request(relay.url, 'POST /api/relay/register', { credential: registrationToken, body });
  expect([again.status, again.body.gatewayId, again.body.relaySecret]).toEqual([200, gatewayId, relaySecret]);
  expect(again.body.accessCode).not.toBe(registered.accessCode);
  expect((await call(relay.url, app, { method: 'echo', params: 1 })).body.result).toBe(1);
  const second = await redeem(relay.url, again.body.accessCode);
  expect(second.gatewayId).toBe(gatewayId);
  await runtime.close();
});

test('hello tells the policy and ping is answered, in both conventions', async () => {
  const { registered, runtime } = await pair();
  const hello = await runtime.ask('relay.hello', { features: [] });
  expect(hello).toMatchObject({
    jsonrpc: '2.0',
    type: 'res',
    ok: true,
    result: {
      protocol: 1,
      gatewayId: registered.gatewayId,
      limits: expect.any(Object),
      keepaliveMs: 480_000,
      maxConnectionMs: 7_200_000,
      reconnectAfterMs: expect.any(Number),
    },
  });
  expect((await runtime.ask('relay.ping')).result).toBeTruthy();
  runtime.send({ type: 'ping' });
  await runtime.frame((frame) => frame.type === 'pong');
  await runtime.close();
});
