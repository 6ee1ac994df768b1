import { get } from 'node:http';
import { WebSocket } from 'ws';
import type { MonitorEvent } from '../../../lambdas/core/monitor/monitor-events';
import { call, redeem, register, request } from '../../support/api';
import { CallStream } from '../../support/call-stream';
import { eventually } from '../../support/eventually';
import { household } from '../../support/household';
import { history, openStream, openViewer } from '../../support/monitor/monitor';
import {
  environmentsOf,
  functionIn,
  isolate,
  type Relay,
  registrationToken,
  startRelay,
} from '../../support/relay';
import { echo, TestRuntime } from '../../support/runtime';

let relay: Relay;
beforeAll(async () => {
  relay = await startRelay();
});
afterAll(() => relay.stop());

async function pair() {
  const paired = await household(relay.url, echo);
  return { ...paired, gatewayId: paired.app.gatewayId };
}

test('one call is told as request, command, message and success, and the history has it', async () => {
  const stream = await openStream(relay.url);
  const { runtime, app, gatewayId } = await pair();
  await call(relay.url, app, { method: 'echo', params: { say: 'hello' } });
  const { rpcId } = await stream.event('relay.rpc.success', (event) => event.gatewayId === gatewayId);
  const told = stream.events.filter((event) => event.rpcId === rpcId);
  expect(told.map(({ type }) => type)).toEqual([
    'relay.rpc.request',
    'relay.rpc.command_sent',
    'relay.websocket.message',
    'relay.rpc.success',
  ]);
  for (const event of told)
    expect(event).toMatchObject({ gatewayId, clientId: app.clientId, method: 'echo' });
  expect(told.at(-1)).toMatchObject({ status: 200, outcome: 'answered', durationMs: expect.any(Number) });
  const page = await history(relay.url, `?gatewayId=${gatewayId}&limit=500`);
  expect(page.events.filter((event) => event.rpcId === rpcId)).toEqual(told);
  expect(page.events.map(({ type }) => type)).toEqual(
    expect.arrayContaining(['relay.register.created', 'relay.websocket.connected', 'relay.redeem.success']),
  );
  stream.close();
  await runtime.close();
});

test('every event of a call says who and why: names, sizes, progress, and the code of an error', async () => {
  const stream = await openStream(relay.url);
  const registered = await register(relay.url, { displayName: 'My desk' });
  const { gatewayId } = registered;
  const runtime = await TestRuntime.connect(registered);
  const app = await redeem(relay.url, registered.accessCode);
  const ofThis = (event: MonitorEvent) => event.gatewayId === gatewayId;
  expect(await stream.event('relay.client.paired', ofThis)).toMatchObject({
    displayName: 'My desk',
    runtimeType: expect.any(String),
    clientId: app.clientId,
  });
  const followed = await CallStream.call(relay.url, app, { method: 'work', params: { a: 1 } });
  const { id } = await runtime.command('work');
  for (const seq of [1, 2, 3]) {
    runtime.send({ jsonrpc: '2.0', method: 'relay.progress', params: { id, seq, data: seq } });
    await followed.event('progress', seq - 1);
  }
  runtime.reply(id, { done: true });
  await followed.end;
  const ended = await stream.event('relay.rpc.success', ofThis);
  const told = stream.events.filter(({ rpcId }) => rpcId === ended.rpcId);
  for (const event of told)
    expect(event).toMatchObject({ displayName: 'My desk', runtimeType: expect.any(String) });
  expect(ended).toMatchObject({ bytesIn: 7, bytesOut: 13, progress: 3 });
  expect(told.find(({ type }) => type === 'relay.rpc.progress')).toMatchObject({
    progress: expect.any(Number),
    detail: expect.stringMatching(/^last seq [123]$/),
  });
  const failing = call(relay.url, app, { method: 'fail' });
  const { id: failed } = await runtime.command('fail');
  runtime.send({ jsonrpc: '2.0', id: failed, error: { code: 'E_BUSY', message: 'taken' } });
  await failing;
  expect(await stream.event('relay.rpc.error', ofThis)).toMatchObject({
    outcome: 'runtime-error',
    errorCode: 'E_BUSY',
  });
  stream.close();
  await runtime.close();
});

test('a short call is three write units: one opens it, one ends it, one is the monitor', async () => {
  const { runtime, app, gatewayId } = await pair();
  await call(relay.url, app, { method: 'echo', params: 1 });
  const ofMeasured = (event: MonitorEvent) =>
    event.type === 'relay.rpc.success' && event.gatewayId === gatewayId;
  const { meter } = relay.host.aws;
  const earlier = await openStream(relay.url, {}, `?after=${'0'.repeat(20)}`);
  await earlier.event('relay.rpc.success', ofMeasured);
  earlier.close();
  meter.reset();
  await call(relay.url, app, { method: 'echo', params: { measured: true } });
  // The newest event is readable: it has been written.
  const stream = await openStream(relay.url, {}, `?after=${'0'.repeat(20)}`);
  await stream.until((events) => events.filter(ofMeasured).length === 2 || undefined);
  // Whoever looks on pays for that itself; on a busy machine the call may take a place in its client's row, being no short one.
  // To a socket that connected a moment ago a command is addressed once that is known to be open: a write of its own.
  const addresses = (caller: string, operation: string) =>
    caller.startsWith('Rpc') && operation === 'UpdateItem';
  const writes = meter.calls.filter(
    ({ writeUnits, caller, operation, resources }) =>
      writeUnits > 0 &&
      !caller.startsWith('MonitorApi') &&
      !resources.includes('ClientsTable') &&
      !addresses(caller, operation),
  );
  const ofMonitor = writes.filter(({ resources }) => resources.includes('MonitorEventsTable'));
  expect(ofMonitor.map(({ writeUnits }) => writeUnits)).toEqual([1]);
  expect(writes.reduce((sum, { writeUnits }) => sum + writeUnits, 0)).toBeLessThanOrEqual(3);
  stream.close();
  await runtime.close();
});

test('a call that is still running shows its request and command before its end', async () => {
  const stream = await openStream(relay.url);
  const registered = await register(relay.url);
  const runtime = await TestRuntime.connect(registered);
  const app = await redeem(relay.url, registered.accessCode);
  const answer = call(relay.url, app, { method: 'slow' });
  const { id } = await runtime.command('slow');
  await stream.event('relay.rpc.command_sent', ({ rpcId }) => rpcId === id);
  expect(stream.events.some(({ type }) => type === 'relay.rpc.success')).toBe(false);
  runtime.reply(id, 1);
  await answer;
  await stream.event('relay.rpc.success', ({ rpcId }) => rpcId === id);
  expect(stream.events.filter(({ rpcId }) => rpcId === id)).toHaveLength(4);
  stream.close();
  await runtime.close();
});

test('refusals, departures and replies that do not count are told', async () => {
  const stream = await openStream(relay.url);
  const body = { runtimeType: 'openclaw' };
  await request(relay.url, 'POST /api/relay/register', { credential: 'a-wrong-token-of-24-chars', body });
  await request(relay.url, 'POST /api/relay/redeem', { body: { accessCode: 'AT-0000-0000-0000' } });
  await request(relay.url, 'POST /api/runtime-pairings/redeem', {
    body: { pairingCode: 'AT-0000-0000-0000' },
  });
  const { registered, runtime, gatewayId } = await pair();
  await expect(TestRuntime.connect({ ...registered, relaySecret: `ats_${'a'.repeat(59)}` })).rejects.toThrow(
    '401',
  );
  const newer = await TestRuntime.connect(registered);
  runtime.reply('rpc_never-sent', 1);
  await runtime.ask('relay.ping');
  await Promise.all([runtime.close(), newer.close()]);
  const told = async (type: string, more: Partial<MonitorEvent>) => {
    const about = (event: MonitorEvent) => !more.gatewayId || event.gatewayId === more.gatewayId;
    expect(await stream.event(type, about)).toMatchObject(more);
  };
  await told('relay.register.denied', { status: 401, outcome: 'unauthorized' });
  await told('relay.redeem.failed', { status: 404, outcome: 'code_not_found' });
  await told('pairing.redeem.failed', { status: 404 });
  await told('relay.websocket.denied', { status: 401 });
  await told('relay.websocket.replaced', { gatewayId });
  await told('relay.rpc.reply_rejected', { gatewayId, outcome: 'unknown-call' });
  await told('relay.websocket.disconnected', { gatewayId });
  stream.close();
});

test('a stream goes on after the event that it is asked for, without gap or repetition', async () => {
  const { runtime, app, gatewayId } = await pair();
  const first = await openStream(relay.url);
  for (let n = 0; n < 5; n++) await call(relay.url, app, { method: 'echo', params: n });
  const middle = await first.until((events) => events.filter(ofGateway).length >= 10 && events.at(9));
  first.close();
  for (let n = 0; n < 5; n++) await call(relay.url, app, { method: 'echo', params: n });
  function ofGateway(event: MonitorEvent): boolean {
    return event.gatewayId === gatewayId && event.type !== 'relay.redeem.success';
  }
  const resumed = await openStream(relay.url, { 'last-event-id': middle.id });
  const asked = await openStream(relay.url, {}, `?after=${middle.id}`);
  const all = async () => (await history(relay.url, '?limit=500')).events.filter(({ id }) => id > middle.id);
  for (const stream of [resumed, asked]) {
    await stream.until((events) => events.filter(({ type }) => type === 'relay.rpc.success').length >= 7);
    const expected = (await all()).slice(0, stream.events.length);
    expect(stream.events).toEqual(expected);
    stream.close();
  }
  await runtime.close();
});

test('a stream is text/event-stream, asks to be reopened after a second, and carries ids', async () => {
  const headers = { authorization: `Bearer ${registrationToken}` };
  const response = await fetch(`${relay.url}/api/monitor/stream`, {
    headers,
    signal: AbortSignal.timeout(20_000),
  });
  expect(response.headers.get('content-type')).toMatch('text/event-stream');
  expect(response.headers.get('cache-control')).toBe('no-store');
  const reader = response.body!.getReader();
  const { value } = await reader.read();
  expect(Buffer.from(value!).toString()).toContain('retry: 1000\n');
  await reader.cancel();
});

describe('access', () => {
  const routes = ['GET /api/monitor/events', 'GET /api/monitor/stream', 'POST /api/monitor/tickets'];
  test.each(routes)('%s needs the registration token as a bearer', async (route) => {
    for (const credential of [undefined, 'a-wrong-token-of-24-chars']) {
      const { status, body } = await request(relay.url, route, { credential });
      expect([status, body.code]).toEqual([401, 'unauthorized']);
    }
    const { status } = await request(relay.url, `${route}?token=${registrationToken}`);
    expect(status).toBe(401);
  });
  test.each(['limit=0', 'limit=501', 'limit=x', 'type=Relay', 'before=1', 'before=<b>'])(
    'a wrong query is named and not repeated: %s',
    async (query) => {
      const { status, body } = await request(relay.url, `GET /api/monitor/events?${query}`, {
        credential: registrationToken,
      });
      expect([status, body.code, body.errors[0].path]).toEqual([400, 'invalid_request', query.split('=')[0]]);
      expect(JSON.stringify(body)).not.toContain('<b>');
    },
  );
  test('the page needs no token, and may run nothing but itself', async () => {
    const page = await fetch(`${relay.url}/monitor`);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const policy = page.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(await page.text()).toMatch(/^<!doctype html>/i);
  });
});

describe('under open registration', () => {
  let open: Relay;
  beforeAll(async () => {
    open = await startRelay({
      change: (assembly) => {
        const [, { Properties }] = functionIn(assembly, 'MonitorApi');
        const { Variables } = Properties!.Environment as { Variables: Record<string, unknown> };
        delete Variables.REGISTRATION_TOKEN_ARN;
      },
    });
  });
  afterAll(() => open.stop());

  /** With headers that fetch would not send. */
  const ask = (headers: Record<string, string>) =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      get(`${open.url}/api/monitor/events`, { headers }, (response) => {
        let body = '';
        response.on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      }).on('error', reject);
    });

  test('a caller of this machine may watch without a token', async () => {
    expect((await request(open.url, 'GET /api/monitor/events')).status).toBe(200);
    expect((await ask({ 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  });
  test.each([
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { host: 'rebound.example' },
  ])('a web page of somebody else may not, and is told why: %j', async (headers) => {
    const { status, body } = await ask(headers);
    expect(status).toBe(403);
    expect(JSON.parse(body)).toMatchObject({ code: 'forbidden', detail: expect.stringContaining('open') });
  });
});

describe('viewers', () => {
  test('a ticket opens one socket, once', async () => {
    const { status, body } = await request(relay.url, 'POST /api/monitor/tickets', {
      credential: registrationToken,
    });
    expect([status, body.ticket]).toEqual([201, expect.stringMatching(/^atv_[\w-]{43,}$/)]);
    const untilMs = Date.parse(body.expiresAt) - Date.now();
    expect(untilMs).toBeGreaterThan(50_000);
    expect(untilMs).toBeLessThanOrEqual(60_000);
    expect(body.url).toContain(body.ticket);
    const handshake = () =>
      new Promise<number>((resolve, reject) => {
        const socket = new WebSocket(body.url);
        socket.on('open', () => {
          socket.close();
          resolve(101);
        });
        socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
        socket.on('error', reject);
      });
    expect(await handshake()).toBe(101);
    expect(await handshake()).toBe(401);
  });

  test('a viewer gets the events of a call, in order, and one that left harms nobody', async () => {
    const [stays, leaves] = [await openViewer(relay.url), await openViewer(relay.url)];
    leaves.socket.terminate();
    const { runtime, app, gatewayId } = await pair();
    await call(relay.url, app, { method: 'echo', params: 1 });
    const { rpcId } = await stays.event('relay.rpc.success', (event) => event.gatewayId === gatewayId);
    expect(stays.events.filter((event) => event.rpcId === rpcId).map(({ type }) => type)).toEqual([
      'relay.rpc.request',
      'relay.rpc.command_sent',
      'relay.websocket.message',
      'relay.rpc.success',
    ]);
    stays.close();
    await runtime.close();
  });
});

test('a refused request is an event that says who, what and why, and a flood of them is one', async () => {
  const registered = await register(relay.url);
  const [app, other] = [await redeem(relay.url, registered.accessCode), await register(relay.url)];
  const foreign = { ...app, gatewayId: other.gatewayId };
  expect((await call(relay.url, foreign, { method: 'chat.send' })).status).toBe(403);
  const flood = new Set<string>();
  for (let n = 0; n < 20; n++) {
    const { status, body } = await request(relay.url, 'GET /api/relay/status', { credential: 'wrong' });
    expect(status).toBe(401);
    flood.add(body.requestId);
  }
  const refused = await eventually(async () => {
    const { events } = await history(relay.url, '?limit=500&type=relay.request.refused');
    const isTold =
      events.some(({ status }) => status === 403) && events.some(({ requestId }) => flood.has(requestId!));
    return isTold ? events : undefined;
  });
  // Each environment counts for itself.
  const environments = isolate ? environmentsOf(relay, 'Status') : 1;
  expect(refused.filter(({ requestId }) => flood.has(requestId!)).length).toBeLessThanOrEqual(environments);
  expect(refused.find(({ status }) => status === 403)).toMatchObject({
    gatewayId: app.gatewayId,
    clientId: app.clientId,
    method: 'chat.send',
    errorCode: 'forbidden',
  });
});
