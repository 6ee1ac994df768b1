import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { headerPairs, sourceIpOf } from '../../../local/http/gateway-request';
import { attributeCaller, originAskedFor, trustedProxies } from '../../../local/http/proxies';

/** A request as Node gives it, as far as this is read. */
function incoming(peer: string, headers: Record<string, string>): IncomingMessage {
  return {
    socket: { remoteAddress: peer },
    rawHeaders: Object.entries(headers).flat(),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
  } as unknown as IncomingMessage;
}

function attributed(trusted: string[], peer: string, headers: Record<string, string>) {
  const request = incoming(peer, headers);
  return [attributeCaller(request, trustedProxies(trusted)), sourceIpOf(request)];
}

test.each<[string, string[], string, Record<string, string>, [string, string]]>([
  ['nothing was forwarded', ['loopback'], '127.0.0.1', { host: 'a' }, ['direct', '127.0.0.1']],
  ['nobody is declared', [], '127.0.0.1', { 'X-Forwarded-For': '6.6.6.6' }, ['undeclared', '192.0.2.1']],
  ['only Forwarded', [], '::1', { forwarded: 'for=127.0.0.1' }, ['undeclared', '192.0.2.1']],
  ['only X-Real-IP', [], '::ffff:127.0.0.1', { 'X-REAL-IP': '127.0.0.1' }, ['undeclared', '192.0.2.1']],
  ['only a scheme', [], '127.0.0.9', { 'x-forwarded-proto': 'https' }, ['undeclared', '192.0.2.1']],
  ['a stranger says so', ['loopback'], '8.8.8.8', { 'x-forwarded-for': '1.1.1.1' }, ['direct', '8.8.8.8']],
  ['one proxy', ['loopback'], '127.0.0.1', { 'x-forwarded-for': '6.6.6.6' }, ['proxied', '6.6.6.6']],
  [
    'a forged start',
    ['loopback'],
    '::1',
    { 'x-forwarded-for': '127.0.0.1, 6.6.6.6' },
    ['proxied', '6.6.6.6'],
  ],
  [
    'two proxies',
    ['10.0.0.0/8', '127.0.0.1'],
    '127.0.0.1',
    { 'x-forwarded-for': '1.1.1.1, 6.6.6.6, 10.9.8.7' },
    ['proxied', '6.6.6.6'],
  ],
  ['a port', ['loopback'], '127.0.0.1', { 'x-forwarded-for': '6.6.6.6:4711' }, ['proxied', '6.6.6.6']],
  [
    'IPv6',
    ['loopback'],
    '127.0.0.1',
    { 'x-forwarded-for': '[2001:db8::1]:4711' },
    ['proxied', '2001:db8::1'],
  ],
  ['this machine', ['loopback'], '127.0.0.1', { 'x-forwarded-for': '127.0.0.1' }, ['proxied', '127.0.0.1']],
  ['no address', ['loopback'], '127.0.0.1', { 'x-forwarded-for': 'unknown' }, ['undeclared', '192.0.2.1']],
  ['no list', ['loopback'], '127.0.0.1', { 'x-real-ip': '127.0.0.1' }, ['undeclared', '192.0.2.1']],
])('the caller where %s', (_, trusted, peer, headers, expected) => {
  expect(attributed(trusted, peer, headers)).toEqual(expected);
});

test("a declared proxy's word on host and scheme counts, and what it added is taken off", () => {
  const request = incoming('127.0.0.1', {
    host: '127.0.0.1:8787',
    'x-forwarded-for': '1.1.1.1, 6.6.6.6',
    'x-forwarded-host': 'pairing.example',
    'x-forwarded-proto': 'https',
    'x-real-ip': '6.6.6.6',
    accept: 'text/html',
  });
  attributeCaller(request, trustedProxies(['loopback']));
  expect(originAskedFor(request)).toBe('https://pairing.example');
  expect(headerPairs(request)).toEqual([
    ['Host', 'pairing.example'],
    ['X-Forwarded-For', '1.1.1.1'],
    ['accept', 'text/html'],
  ]);
  expect(request.headers).toEqual({ host: 'pairing.example', accept: 'text/html' });
});

test("nobody else's word on host and scheme counts", () => {
  const headers = { host: 'a:1', 'x-forwarded-host': 'b', 'x-forwarded-proto': 'https' };
  const request = incoming('8.8.8.8', headers);
  attributeCaller(request, trustedProxies(['loopback']));
  expect(originAskedFor(request)).toBe('http://a:1');
});

test.each(['proxy.example', '10.0.0.0/33', '10.0.0.0/x', '10.0.0.0/8/8', '*', '::/129', ''])(
  '%j is no trusted proxy',
  (name) => {
    expect(() => trustedProxies([name])).toThrow(/^A trusted proxy is an IP address/);
  },
);

test('the same holds for a handshake as Node gives it, whose headers nobody has read yet', async () => {
  const asked = new Promise<unknown>((resolve, reject) => {
    const server = createServer().on('upgrade', (request, socket) => {
      server.close();
      socket.end();
      try {
        attributeCaller(request, trustedProxies(['loopback']));
        resolve([request.headers.host, request.headers['x-forwarded-host']]);
      } catch (error) {
        reject(error);
      }
    });
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      const forwarded = { 'x-forwarded-for': '6.6.6.6', 'x-forwarded-host': 'pairing.example' };
      const headers = { connection: 'upgrade', upgrade: 'websocket', ...forwarded };
      httpRequest({ port, host: '127.0.0.1', headers })
        .on('error', () => {})
        .end();
    });
  });
  expect(await asked).toEqual(['pairing.example', undefined]);
});
