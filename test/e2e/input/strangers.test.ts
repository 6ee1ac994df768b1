/** Who is this machine's own caller, and whose pages may drive a server that asks nobody for a token. */

import { WebSocket } from 'ws';
import { type Host, startHost } from '../../../local/host';
import { register, request } from '../../support/api';
import { sendRaw } from '../../support/raw-request';
import { isolate, startRelay } from '../../support/relay';
import { TestRuntime } from '../../support/runtime';
import { sharedAssembly } from '../../support/stack/shared-assembly';
import { withOptions } from '../../support/stack/synthesized';

const logged: string[] = [];
let open: Host;
let behind: Host;
beforeAll(async () => {
  const assembly = sharedAssembly();
  const allowedOrigins = 'https://app.example,https://other.example';
  withOptions(assembly, { edge: 'true', registration: 'open', allowedOrigins });
  open = await startHost({ assembly, isolate, onLog: ({ line }) => logged.push(line) });
  behind = await startHost({ assembly, isolate, trustProxy: ['127.0.0.1'], onLog: () => {} });
});
afterAll(() => Promise.all([open.stop(), behind.stop()]));

const monitor = async (host: Host, headers: Record<string, string> = {}) =>
  (await request(host.url, 'GET /api/monitor/events', { headers })).status;
/** The status of a guess at a code. */
const guess = async (host: Host, headers: Record<string, string> = {}) => {
  const body = { accessCode: 'AT-0000-0000-0000' };
  return (await request(host.url, 'POST /api/relay/redeem', { body, headers })).status;
};
const tenGuesses = async (host: Host, headers: Record<string, string>) => {
  for (let n = 0; n < 10; n++) expect(await guess(host, headers)).toBe(404);
};

describe('without a declared proxy', () => {
  test.each([
    ['x-forwarded-for', '127.0.0.1'],
    ['x-forwarded-proto', 'https'],
    ['x-forwarded-host', 'localhost'],
    ['x-real-ip', '127.0.0.1'],
    ['forwarded', 'for=127.0.0.1'],
  ])('a request with %s is not this machine, so an open monitor refuses it', async (name, value) => {
    expect(await monitor(open, { [name]: value })).toBe(403);
    expect(await monitor(open)).toBe(200);
  });

  test('wrong codes through a proxy close the proxy, not this machine, and the host says what is wrong', async () => {
    const headers = { 'x-forwarded-for': '6.6.6.6' };
    await tenGuesses(open, headers);
    expect(await guess(open, { 'x-forwarded-for': '7.7.7.7' })).toBe(429);
    expect(await guess(open)).toBe(404);
    expect(logged.filter((line) => line.includes('--trust-proxy'))).toHaveLength(1);
  });
});

describe('behind a declared proxy', () => {
  test('callers are told apart by the right-most address that is not a proxy', async () => {
    await tenGuesses(behind, { 'x-forwarded-for': '6.6.6.6' });
    expect(await guess(behind, { 'x-forwarded-for': '7.7.7.7, 6.6.6.6' })).toBe(429);
    expect(await guess(behind, { 'x-forwarded-for': '6.6.6.6, 7.7.7.7' })).toBe(404);
    expect(await guess(behind)).toBe(404);
  });

  test.each(['6.6.6.6', '127.0.0.1, 6.6.6.6', 'unknown', ''])(
    'the open monitor refuses a caller that the proxy calls %j',
    async (value) => {
      expect(await monitor(behind, { 'x-forwarded-for': value })).toBe(403);
      expect(await monitor(behind)).toBe(200);
    },
  );

  test('the page that the proxy serves is the own one, a page of another name is not', async () => {
    const from = { 'x-forwarded-for': '6.6.6.6', 'x-forwarded-proto': 'https' };
    const own = { ...from, 'x-forwarded-host': 'pairing.example' };
    const health = async (headers: Record<string, string>) =>
      (await request(behind.url, 'GET /health', { headers })).status;
    expect(await health({ ...own, origin: 'https://pairing.example' })).toBe(200);
    expect(await health({ ...own, origin: 'http://pairing.example' })).toBe(403);
    expect(await health({ ...own, origin: 'https://elsewhere.example' })).toBe(403);
  });
});

describe('where registration is open', () => {
  const routes = [
    ['POST /api/relay/register', { runtimeType: 'x' }],
    ['POST /api/relay/redeem', { accessCode: 'AT-0000-0000-0000' }],
    ['GET /api/monitor/events', undefined],
    ['OPTIONS /api/relay/register', undefined],
    ['GET /health', undefined],
    ['GET /monitor', undefined],
  ] as const;
  const foreign = ['https://elsewhere.example', 'null', 'http://rebound.example:8787', 'http://127.0.0.1:1'];

  test.each(routes)(
    '%s from a page of another origin is refused before any function',
    async (route, body) => {
      await open.functions.warm();
      open.aws.meter.reset();
      const before = logged.length;
      for (const origin of foreign) {
        const answer = await request(open.url, route, { body, headers: { origin } });
        expect([origin, answer.status, answer.body.code]).toEqual([origin, 403, 'forbidden']);
        expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      }
      const host = 'rebound.example:8787';
      const [method = '', path = ''] = route.split(' ');
      const rebound = await sendRaw(open.url, { method, path, headers: { host, origin: `http://${host}` } });
      expect(rebound.status).toBe(403);
      expect([open.aws.meter.calls, logged.length]).toEqual([[], before]);
    },
  );

  test('its own page, under each of its names, and pages of listed origins pass', async () => {
    const { port } = new URL(open.url);
    const own = ['127.0.0.1', 'localhost', '[::1]'].map((name) => `http://${name}:${port}`);
    for (const origin of [...own, 'https://app.example', 'https://other.example']) {
      const body = { runtimeType: 'x' };
      const answer = await request(open.url, 'POST /api/relay/register', { body, headers: { origin } });
      expect([origin, answer.status]).toEqual([origin, 201]);
    }
  });

  test.each<[string, Record<string, string>, number]>([
    ['an image of another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403],
    ['a script of a neighbour', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' }, 403],
    [
      'a frame on another site',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
      403,
    ],
    [
      'a followed link',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
      200,
    ],
    ['a typed address', { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }, 200],
    ['its own page', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }, 200],
    ['a program', {}, 200],
  ])('%s gets the monitor page or not', async (_, headers, status) => {
    expect((await sendRaw(open.url, { method: 'GET', path: '/monitor', headers })).status).toBe(status);
  });

  test('a handshake from a page of another origin is refused, from its own and a listed one not', async () => {
    const registered = await register(open.url);
    const connect = (origin: string) =>
      new Promise<number>((resolve) => {
        const headers = { authorization: `Bearer ${registered.relaySecret}`, origin };
        const socket = new WebSocket(registered.relayUrl, { headers });
        socket.on('open', () => {
          resolve(101);
          socket.close();
        });
        socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
        socket.on('error', () => {});
      });
    for (const origin of foreign) expect([origin, await connect(origin)]).toEqual([origin, 403]);
    for (const origin of [open.url, 'https://app.example'])
      expect([origin, await connect(origin)]).toEqual([origin, 101]);
    await (await TestRuntime.connect(registered)).close();
  });
});

test('where a token is asked for, pages of any origin may call: the stack says which of them read the answer', async () => {
  const relay = await startRelay();
  const answer = await request(relay.url, 'GET /health', {
    headers: { origin: 'https://elsewhere.example' },
  });
  await relay.stop();
  expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
});
