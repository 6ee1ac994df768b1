import { call, type Paired, type Registered, redeem, register, request } from '../../support/api';
import { type Relay, registrationToken, startRelay } from '../../support/relay';
import { echo, TestRuntime } from '../../support/runtime';

let relay: Relay;
let registered: Registered;
let app: Paired;

beforeAll(async () => {
  relay = await startRelay();
  registered = await register(relay.url);
  await TestRuntime.connect(registered, echo);
  app = await redeem(relay.url, registered.accessCode);
});
afterAll(() => relay.stop());

const credentials = () => ({ registration: registrationToken, client: app.clientToken, none: undefined });
const wrongToken = `atc_${'A'.repeat(75)}`;

const problems: Array<{
  name: string;
  route: string;
  as: 'registration' | 'client' | 'none';
  body?: unknown;
  text?: string;
  headers?: Record<string, string>;
  gives: [number, string];
  path?: string;
}> = [
  {
    name: 'a body that is not JSON',
    route: 'POST /api/relay/register',
    as: 'registration',
    text: '{"a":',
    gives: [400, 'invalid_request'],
    path: '',
  },
  {
    name: 'a body that is an array',
    route: 'POST /api/relay/register',
    as: 'registration',
    body: [],
    gives: [400, 'invalid_request'],
    path: '',
  },
  {
    name: 'a body that is a number',
    route: 'POST /api/relay/redeem',
    as: 'none',
    body: 7,
    gives: [400, 'invalid_request'],
    path: '',
  },
  {
    name: 'a body nested 10,000 deep',
    route: 'POST /api/relay/redeem',
    as: 'none',
    text: '['.repeat(10_000) + ']'.repeat(10_000),
    gives: [400, 'invalid_request'],
    path: '',
  },
  {
    name: 'no runtimeType',
    route: 'POST /api/relay/register',
    as: 'registration',
    body: {},
    gives: [400, 'invalid_request'],
    path: 'runtimeType',
  },
  {
    name: 'capabilities over 8 KiB',
    route: 'POST /api/relay/register',
    as: 'registration',
    body: { runtimeType: 'x', capabilities: ['y'.repeat(8200)] },
    gives: [400, 'invalid_request'],
    path: 'capabilities',
  },
  {
    name: 'a gatewayId without its secret',
    route: 'POST /api/relay/register',
    as: 'registration',
    body: { runtimeType: 'x', gatewayId: 'gw_x' },
    gives: [400, 'invalid_request'],
    path: 'relaySecret',
  },
  {
    name: 'a body over 1 MiB',
    route: 'POST /api/relay/register',
    as: 'registration',
    text: ' '.repeat(1024 * 1024 + 1),
    gives: [413, 'payload_too_large'],
  },
  {
    name: 'no registration token',
    route: 'POST /api/relay/register',
    as: 'none',
    body: { runtimeType: 'x' },
    gives: [401, 'unauthorized'],
  },
  {
    name: 'a wrong registration token',
    route: 'POST /api/relay/register',
    as: 'client',
    body: { runtimeType: 'x' },
    gives: [401, 'unauthorized'],
  },
  {
    name: 'no accessCode',
    route: 'POST /api/relay/redeem',
    as: 'none',
    body: {},
    gives: [400, 'invalid_request'],
    path: 'accessCode',
  },
  {
    name: 'an unknown code',
    route: 'POST /api/relay/redeem',
    as: 'none',
    body: { accessCode: 'AT-0000-0000-0000' },
    gives: [404, 'code_not_found'],
  },
  {
    name: 'a code of another alphabet',
    route: 'POST /api/relay/redeem',
    as: 'none',
    body: { accessCode: 'АТ-0000-0000-0000' },
    gives: [404, 'code_not_found'],
  },
  {
    name: 'a call without a token',
    route: 'POST /api/relay/rpc',
    as: 'none',
    body: {},
    gives: [401, 'unauthorized'],
  },
  {
    name: 'a call without a method',
    route: 'POST /api/relay/rpc',
    as: 'client',
    body: { gatewayId: 'gw_x' },
    gives: [400, 'invalid_request'],
    path: 'method',
  },
  {
    name: 'a reserved method',
    route: 'POST /api/relay/rpc',
    as: 'client',
    body: { gatewayId: 'gw_x', method: 'relay.hello' },
    gives: [400, 'invalid_request'],
    path: 'method',
  },
  {
    name: 'a timeout out of range',
    route: 'POST /api/relay/rpc',
    as: 'client',
    body: { gatewayId: 'gw_x', method: 'm', timeoutMs: 55_001 },
    gives: [400, 'invalid_request'],
    path: 'timeoutMs',
  },
  {
    name: 'an id with other characters',
    route: 'POST /api/relay/rpc',
    as: 'client',
    body: { gatewayId: 'gw_x', method: 'm', id: 'a b' },
    gives: [400, 'invalid_request'],
    path: 'id',
  },
  {
    name: "a call to another's gateway",
    route: 'POST /api/relay/rpc',
    as: 'client',
    body: { gatewayId: 'gw_x', method: 'm' },
    gives: [403, 'forbidden'],
  },
  {
    name: 'a compressed body',
    route: 'POST /api/relay/redeem',
    as: 'none',
    body: {},
    headers: { 'content-encoding': 'gzip' },
    gives: [415, 'unsupported_media_type'],
  },
  {
    name: 'status without a credential',
    route: 'GET /api/relay/status',
    as: 'none',
    gives: [401, 'unauthorized'],
  },
  { name: 'an unknown route', route: 'GET /api/nothing', as: 'none', gives: [404, 'not_found'] },
  // API Gateway alone would take the token for a signature, and quote it.
  {
    name: 'an unknown route with a token',
    route: 'GET /api/nothing/at/all',
    as: 'client',
    gives: [404, 'not_found'],
  },
  {
    name: 'a path above routes with a token',
    route: 'POST /api/relay',
    as: 'client',
    gives: [404, 'not_found'],
  },
  {
    name: 'a path below a route with a token',
    route: 'GET /health/more',
    as: 'client',
    gives: [404, 'not_found'],
  },
  {
    name: 'a wrong method on a known route',
    route: 'GET /api/relay/redeem',
    as: 'none',
    gives: [405, 'method_not_allowed'],
  },
];

test.each(problems)('$name gives $gives', async ({ route, as, body, text, headers, gives, path }) => {
  const answer = await request(relay.url, route, {
    credential: credentials()[as],
    ...(body === undefined ? {} : { body }),
    ...(text === undefined ? {} : { text }),
    ...(headers ? { headers } : {}),
  });
  expect([answer.status, answer.body.code]).toEqual(gives);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.body).toMatchObject({
    type: `urn:agenttown:error:${gives[1]}`,
    title: expect.any(String),
    status: gives[0],
    detail: expect.any(String),
    retryable: false,
    requestId: answer.headers.get('x-request-id'),
  });
  if (path !== undefined) expect(answer.body.errors).toContainEqual({ path, message: expect.any(String) });
});

test('a wrong method is named as such, whatever kind of body comes with it', async () => {
  for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'application/json']) {
    const headers = { 'content-type': type };
    const { status, body } = await request(relay.url, 'POST /health', { text: '{}', headers });
    expect([status, body.code]).toEqual([405, 'method_not_allowed']);
  }
});

test('the limit of a body is named', async () => {
  const text = JSON.stringify({ accessCode: 'x'.repeat(1024 * 1024) });
  const { body } = await request(relay.url, 'POST /api/relay/redeem', { text });
  expect(body.limitBytes).toBe(1024 * 1024);
});

test('the same id with other params is a conflict', async () => {
  await call(relay.url, app, { method: 'echo', params: 1, id: 'same' });
  const { status, body } = await call(relay.url, app, { method: 'echo', params: 2, id: 'same' });
  expect([status, body.code]).toEqual([409, 'idempotency_conflict']);
});

test('a JSON body is read whatever its content type says', async () => {
  const answer = await request(relay.url, 'POST /api/relay/redeem', {
    body: { accessCode: 'AT-0000-0000-0000' },
    headers: { 'content-type': 'text/plain' },
  });
  expect(answer.status).toBe(404);
});

test('browsers may ask first, and may read every answer', async () => {
  const preflight = await fetch(`${relay.url}/api/relay/rpc`, {
    method: 'OPTIONS',
    headers: { origin: 'https://app.example', 'access-control-request-method': 'POST' },
  });
  expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
  expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization');
  for (const route of ['GET /health', 'GET /api/relay/status', 'GET /nothing']) {
    expect((await request(relay.url, route)).headers.get('access-control-allow-origin')).toBe('*');
  }
});

const badFrames: Array<[string, string, number]> = [
  ['not JSON', '{"a', -32700],
  ['a JSON array', '[]', -32600],
  ['a JSON string', '"hello"', -32600],
  ['an empty object', '{}', -32600],
  ['a reply without an id', '{"result":1}', -32600],
  ['a reply with result and error', '{"id":"rpc_x","result":1,"error":{"message":"no"}}', -32600],
  ['progress without an id', '{"method":"relay.progress","params":{"seq":1}}', -32600],
  ['progress with a broken seq', '{"method":"relay.progress","params":{"id":"rpc_x","seq":-1}}', -32600],
  ['an unknown method', '{"jsonrpc":"2.0","id":1,"method":"relay.nothing"}', -32601],
  ['10,000 levels', '['.repeat(10_000), -32700],
];

test.each(badFrames)(
  'a frame that is %s is answered with an error and the socket stays open',
  async (_, text, code) => {
    const guest = await TestRuntime.connect(registered);
    guest.send(text);
    const { jsonrpc, type, error } = await guest.frame((frame) => frame.error !== undefined);
    expect([jsonrpc, type, error.code]).toEqual(['2.0', 'res', code]);
    expect(await guest.ask('relay.ping')).toHaveProperty('result');
    await guest.close();
  },
);

const otherReplies: Array<[string, (id: string) => unknown, unknown]> = [
  ['JSON-RPC 2.0', (id) => ({ jsonrpc: '2.0', id, result: 1 }), 1],
  ["OpenClaw's res", (id) => ({ type: 'res', id, ok: true, payload: 2 }), 2],
  ['requestId and payload', (id) => ({ requestId: id, payload: 3, extra: true }), 3],
  ['a null result', (id) => ({ id, result: null }), null],
  ['a result beside a null error', (id) => ({ id, result: 5, error: null }), 5],
];

test.each(otherReplies)('a reply in the form of %s is read', async (_, reply, result) => {
  const mine = await register(relay.url);
  const own = await TestRuntime.connect(mine, (command, self) => self.send(reply(command.id)));
  const paired = await redeem(relay.url, mine.accessCode);
  const { body } = await call(relay.url, paired, { method: 'm' });
  expect([body.ok, body.result]).toEqual([true, result]);
  await own.close();
});

test.each([
  ['no credential', {}, 401],
  ['a wrong secret', { authorization: `Bearer ats_${'A'.repeat(59)}` }, 401],
  ['something that is no credential', { authorization: 'Bearer hello' }, 401],
])('%s opens no socket', async (_, headers, status) => {
  const { WebSocket } = await import('ws');
  const socket = new WebSocket(registered.relayUrl, { headers });
  const refused = await new Promise((resolve) => {
    socket.on('unexpected-response', (__, response) => resolve(response.statusCode));
    socket.on('open', () => resolve('open'));
  });
  socket.on('error', () => {});
  socket.terminate();
  expect(refused).toBe(status);
});

test('a secret for another gateway than the URL names is refused with 403', async () => {
  const other = await register(relay.url);
  const attempt = TestRuntime.connect({ relayUrl: registered.relayUrl, relaySecret: other.relaySecret });
  await expect(attempt).rejects.toThrow('handshake 403');
});

test('the secret may come in the query, as existing runtimes send it', async () => {
  const { WebSocket } = await import('ws');
  const socket = new WebSocket(`${registered.relayUrl}&secret=${registered.relaySecret}`);
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
  socket.close();
});

test.each([
  ['a frame of 33 KiB', 33 * 1024, false],
  ['a message of 129 KiB', 129 * 1024, true],
])('%s closes the socket with 1009', async (_, bytes, fragmented) => {
  const guest = await TestRuntime.connect(registered);
  const text = 'x'.repeat(bytes);
  if (!fragmented) guest.send(text);
  else
    for (let at = 0; at < bytes; at += 16_384)
      guest.socket.send(text.slice(at, at + 16_384), { fin: at + 16_384 >= bytes });
  expect(await guest.closed).toBe(1009);
});

test('a wrong credential is never repeated in an answer or a log', async () => {
  const answer = await request(relay.url, 'GET /api/relay/status', { credential: wrongToken });
  expect(answer.status).toBe(401);
  expect(JSON.stringify(answer.body) + relay.logged.join()).not.toContain(wrongToken);
});
