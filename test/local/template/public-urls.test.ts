import type { networkInterfaces } from 'node:os';
import { publicUrls } from '../../../local/template/public-urls';

const address = (address: string, more = {}) => ({ address, family: 'IPv4', internal: false, ...more });
const interfaces = {
  lo: [address('127.0.0.1', { internal: true })],
  dsl: [address('203.0.113.7')],
  link: [address('169.254.1.1')],
  wlan: [address('fe80::1', { family: 'IPv6' }), address('192.168.1.20')],
} as unknown as ReturnType<typeof networkInterfaces>;
const httpOf = (...of: [host: string, publicUrl?: string]) =>
  publicUrls(of[0], 8787, of[1], interfaces).map(({ http }) => http);

test.each(['0.0.0.0', '::'])(
  'a host that listens on %s is named by what a phone in its network can use, private networks first',
  (host) => {
    expect(httpOf(host)).toEqual([
      'http://192.168.1.20:8787',
      'http://203.0.113.7:8787',
      'http://127.0.0.1:8787',
    ]);
    expect(publicUrls(host, 8787, undefined, interfaces)[0].webSocket).toBe('ws://192.168.1.20:8787');
  },
);

test('a machine without a network is named by loopback', () => {
  expect(publicUrls('0.0.0.0', 1, undefined, {})).toEqual([
    { http: 'http://127.0.0.1:1', webSocket: 'ws://127.0.0.1:1' },
  ]);
});

test('a host that listens on one address has that one, and a public URL is the only one', () => {
  expect(httpOf('127.0.0.1')).toEqual(['http://127.0.0.1:8787']);
  expect(httpOf('::1')).toEqual(['http://[::1]:8787']);
  expect(httpOf('0.0.0.0', 'https://pairing.example/')).toEqual(['https://pairing.example']);
});
