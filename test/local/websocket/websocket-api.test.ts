import type { CfnStage } from 'aws-cdk-lib/aws-apigatewayv2';
import type WebSocket from 'ws';
import { type Host, type HostOptions, startHost } from '../../../local/host';
import { FixtureClient, FixtureLog } from '../fixture-client';
import { fixtureAssembly, fixtureFunction, fixtureSockets } from '../fixture-stack';

/** Accepts what the query asks for, echoes messages through the management API's backend, and logs every event. */
const SOCKET_FUNCTION = `
console.log(JSON.stringify(event));
const { eventType } = event.requestContext;
const { status, hang, fail } = event.queryStringParameters ?? {};
if (fail) throw new Error('refused by accident');
if (hang) await new Promise(() => {});
if (eventType === 'MESSAGE' && event.body === 'fail') throw new Error('no');
const protocol = event.headers?.['Sec-WebSocket-Protocol'];
return {
  statusCode: Number(status ?? 200),
  ...(protocol && !protocol.includes('silent') && { headers: { 'Sec-WebSocket-Protocol': protocol.split(',')[0] } }),
};`;

const assembly = fixtureAssembly((stack) => {
  fixtureSockets(stack, fixtureFunction(stack, 'Socket', SOCKET_FUNCTION));
});

let log: FixtureLog;
let host: Host;

async function run(options: Partial<HostOptions> = {}): Promise<void> {
  log = new FixtureLog();
  host = await startHost({ assembly, onLog: log.write, ...options });
}

beforeEach(() => run());
afterEach(() => host.stop());

async function connect(query = '', options = {}): Promise<FixtureClient> {
  const client = new FixtureClient(host.relayUrl + query, options);
  await client.opened;
  return client;
}

async function event(type: 'CONNECT' | 'MESSAGE' | 'DISCONNECT') {
  return JSON.parse(await log.line(new RegExp(`"eventType":"${type}"`)));
}

const api = () => host.webSockets[0]!;

test('$connect gets the handshake: headers, query, ids and who it is', async () => {
  await connect('?a=1&a=2', { headers: { 'user-agent': 'tester', authorization: 'Bearer x' } });
  expect(await event('CONNECT')).toMatchObject({
    headers: { authorization: 'Bearer x' },
    queryStringParameters: { a: '2' },
    multiValueQueryStringParameters: { a: ['1', '2'] },
    requestContext: {
      routeKey: '$connect',
      eventType: 'CONNECT',
      stage: 'relay',
      apiId: api().apiId,
      connectionId: host.connections.list()[0]!.connectionId,
      connectedAt: expect.any(Number),
      requestId: expect.any(String),
      identity: { sourceIp: '127.0.0.1', userAgent: 'tester' },
    },
    isBase64Encoded: false,
  });
});

test('a message gets no headers and no query, but the connection id', async () => {
  const client = await connect('?a=1');
  client.send('hello');
  const message = await event('MESSAGE');
  expect(message).toMatchObject({
    body: 'hello',
    isBase64Encoded: false,
    requestContext: {
      routeKey: '$default',
      connectionId: host.connections.list()[0]!.connectionId,
      messageId: expect.any(String),
    },
  });
  expect(message).not.toHaveProperty('headers');
  expect(message).not.toHaveProperty('queryStringParameters');
});

test.each([
  ['?status=401', 401],
  ['?status=403', 403],
  ['?status=429', 429],
  ['?status=500', 500],
  ['?fail=1', 502],
])('$connect refuses the handshake (%s) with %i', async (query, status) => {
  await expect(connect(query)).rejects.toThrow(`refused with ${status}`);
  expect(host.connections.list()).toEqual([]);
});

test('a path below the stage, and any other path, is a 403', async () => {
  await expect(connect('/below')).rejects.toThrow('refused with 403');
  await expect(new FixtureClient(`${host.url.replace('http', 'ws')}/other`).opened).rejects.toThrow('403');
});

test('a subprotocol is agreed on only when the function says so', async () => {
  const client = new FixtureClient(host.relayUrl, {}, ['one', 'two']);
  await client.opened;
  expect(client.socket.protocol).toBe('one');
  await expect(new FixtureClient(host.relayUrl, {}, ['silent']).opened).rejects.toThrow('no subprotocol');
});

test('a function that fails on a message tells the sender', async () => {
  const client = await connect();
  client.send('fail');
  expect(await client.next()).toEqual({
    message: 'Internal server error',
    connectionId: host.connections.list()[0]!.connectionId,
    requestId: expect.any(String),
  });
});

test('a frame of 33 KiB closes the socket with 1009, and no function sees it', async () => {
  const client = await connect();
  client.send('x'.repeat(33 * 1024));
  expect((await client.closed).code).toBe(1009);
  expect((await event('DISCONNECT')).requestContext.disconnectStatusCode).toBe(1009);
  expect(log.lines.some(({ line }) => line.includes('"MESSAGE"'))).toBe(false);
});

test('a frame of 32 KiB passes', async () => {
  const client = await connect();
  client.send('x'.repeat(32 * 1024));
  expect((await event('MESSAGE')).body).toHaveLength(32 * 1024);
});

function sendInFragments(socket: WebSocket, bytes: number): void {
  const fragment = 'x'.repeat(16 * 1024);
  for (let left = bytes; left > 0; left -= fragment.length) {
    socket.send(fragment.slice(0, left), { fin: left <= fragment.length });
  }
}

test('a message of 100 KiB in fragments of 16 KiB passes', async () => {
  const client = await connect();
  sendInFragments(client.socket, 100 * 1024);
  expect((await event('MESSAGE')).body).toHaveLength(100 * 1024);
});

test('a message of 129 KiB closes the socket with 1009, however small its fragments', async () => {
  const client = await connect();
  sendInFragments(client.socket, 129 * 1024);
  expect((await client.closed).code).toBe(1009);
});

test('a binary message closes the socket with 1003', async () => {
  const client = await connect();
  client.socket.send(Buffer.from([1, 2, 3]));
  expect((await client.closed).code).toBe(1003);
});

test('pings are answered and reach no function', async () => {
  const client = await connect();
  const pong = new Promise((resolve) => client.socket.once('pong', resolve));
  client.socket.ping();
  await pong;
  expect(log.lines.some(({ line }) => line.includes('"MESSAGE"'))).toBe(false);
});

describe('with short limits', () => {
  test('an idle socket closes with 1001', async () => {
    await host.stop();
    await run({ webSocketLimits: { idleMs: 100 } });
    const client = await connect();
    expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
  });

  test('a socket is pinged, which no function sees and which keeps it from nothing', async () => {
    await host.stop();
    await run({ webSocketLimits: { idleMs: 300, pingMs: 10 } });
    const client = await connect();
    let pings = 0;
    client.socket.on('ping', () => {
      pings += 1;
    });
    expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
    expect(pings).toBeGreaterThan(0);
    expect(log.lines.some(({ line }) => line.includes('"MESSAGE"'))).toBe(false);
  });

  test('an old socket closes with 1001, however busy', async () => {
    await host.stop();
    await run({ webSocketLimits: { ageMs: 300 } });
    const client = await connect();
    const { connectedAt } = host.connections.list()[0]!;
    const busy = setInterval(() => client.send('busy'), 20);
    expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
    clearInterval(busy);
    expect(Date.now() - connectedAt.getTime()).toBeGreaterThanOrEqual(300);
  });
});

test('a handshake that this host cannot carry out is a 500, and the log says why', async () => {
  api().accept = async () => {
    throw new Error('found late');
  };
  await expect(connect()).rejects.toThrow('refused with 500');
  expect(await log.line(/found late/)).toMatch(/^The local host failed: Error: found late\n/);
});

test('$disconnect says with what code a client closed', async () => {
  const client = await connect();
  client.socket.close(4001, 'enough');
  expect((await event('DISCONNECT')).requestContext).toMatchObject({
    routeKey: '$disconnect',
    disconnectStatusCode: 4001,
    disconnectReason: 'enough',
  });
});

test('a cut socket is a 1006, and its $disconnect may come late or never', async () => {
  let release: () => void = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const [late, never] = [await connect('?n=late'), await connect('?n=never')];
  const [lateId, neverId] = host.connections.list().map(({ connectionId }) => connectionId);
  api().disconnectDelivery = (id) => (id === neverId ? 'never' : released);
  expect(host.connections.cut(lateId!)).toBe(true);
  expect(host.connections.cut(neverId!)).toBe(true);
  expect((await late.closed).code).toBe(1006);
  expect((await never.closed).code).toBe(1006);
  expect(log.lines.some(({ line }) => line.includes('"DISCONNECT"'))).toBe(false);
  release();
  expect((await event('DISCONNECT')).requestContext).toMatchObject({
    connectionId: lateId,
    disconnectStatusCode: 1006,
  });
  await api().settled();
  expect(log.lines.filter(({ line }) => line.includes('"DISCONNECT"'))).toHaveLength(1);
});

test('a post reaches an open socket, is too large over 128 KiB, and finds a closed one gone', async () => {
  const client = await connect();
  const { apiId, stage, connectionId } = host.connections.list()[0]!;
  const post = (data: string) => host.connections.post(apiId, stage, connectionId, Buffer.from(data));
  expect(await post('{"n":1}')).toBe('sent');
  expect(await client.next()).toEqual({ n: 1 });
  expect(await post('x'.repeat(128 * 1024 + 1))).toBe('too-large');
  expect(host.connections.describe(apiId, stage, connectionId)).toMatchObject({ sourceIp: '127.0.0.1' });
  expect(host.connections.disconnect(apiId, stage, connectionId)).toBe('closed');
  expect(await post('{}')).toBe('gone');
  await client.closed;
  expect(await post('{}')).toBe('gone');
  expect(host.connections.describe(apiId, stage, connectionId)).toBeUndefined();
  expect(host.connections.disconnect(apiId, stage, connectionId)).toBe('gone');
});

test('a post to a socket that is still in $connect finds it gone', async () => {
  const client = new FixtureClient(`${host.relayUrl}?hang=1`);
  const { apiId, stage, connectionId } = (await event('CONNECT')).requestContext;
  expect(await host.connections.post(apiId, stage, connectionId, Buffer.from('{}'))).toBe('gone');
  client.socket.terminate();
});

test('a receiver that does not read makes posts busy', async () => {
  const client = await connect();
  client.socket.pause();
  const { apiId, stage, connectionId } = host.connections.list()[0]!;
  const large = Buffer.alloc(128 * 1024, 'x');
  let outcome = 'sent';
  for (let n = 0; n < 1_000 && outcome === 'sent'; n++) {
    outcome = await host.connections.post(apiId, stage, connectionId, large);
  }
  expect(outcome).toBe('busy');
  client.socket.terminate();
});

test('stopping closes sockets with 1001, delivers their $disconnect and is idempotent', async () => {
  const client = await connect();
  await Promise.all([host.stop(), host.stop()]);
  expect((await client.closed).code).toBe(1001);
  await event('DISCONNECT');
});

test("handshakes and messages over the stage's throttle are refused, and the socket stays open", async () => {
  await host.stop();
  const throttled = fixtureAssembly((stack) => {
    const stage = fixtureSockets(stack, fixtureFunction(stack, 'Socket', SOCKET_FUNCTION));
    (stage.node.defaultChild as CfnStage).defaultRouteSettings = {
      throttlingRateLimit: 0.001,
      throttlingBurstLimit: 2,
    };
  });
  await run({ assembly: throttled });
  const client = await connect();
  client.send({ action: 'log', text: 'in time' });
  await log.line(/in time/);
  client.send({ action: 'log', text: 'too soon' });
  expect(await client.next()).toMatchObject({
    message: 'Too Many Requests',
    connectionId: expect.any(String),
  });
  await expect(connect()).rejects.toThrow('refused with 429');
  expect(client.socket.readyState).toBe(client.socket.OPEN);
});
