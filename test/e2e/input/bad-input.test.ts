import { type Paired, type Registered, redeem, register, request } from '../../support/api';
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
    name: 'a gatewayId without its secret',
    route: 'POST /api/relay/register',
    as: 'registration',
    body: { runtimeType: 'x', gatewayId: 'gw_x' },
    gives: [400, 'invalid_request'],
    path: 'relaySecret',
  },
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

test('a wrong credential is never repeated in an answer or a log', async () => {
  const answer = await request(relay.url, 'GET /api/relay/status', { credential: wrongToken });
  expect(answer.status).toBe(401);
  expect(JSON.stringify(answer.body) + relay.logged.join()).not.toContain(wrongToken);
});
