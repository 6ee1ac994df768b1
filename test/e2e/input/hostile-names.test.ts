/** Names that every JavaScript object answers to, sent wherever a caller may choose a name. */

import fc from 'fast-check';
import { startHost } from '../../../local/host';
import { type Paired, type Registered, redeem, register } from '../../support/api';
import { type RawRequest, sendRaw } from '../../support/raw-request';
import { isolate, type Relay, startRelay } from '../../support/relay';
import { TestRuntime } from '../../support/runtime';
import { sharedAssembly } from '../../support/stack/shared-assembly';
import { withOptions } from '../../support/stack/synthesized';

let relay: Relay;
let registered: Registered;
let app: Paired;
beforeAll(async () => {
  relay = await startRelay({ change: (assembly) => withOptions(assembly, { edge: 'true' }) });
  registered = await register(relay.url);
  app = await redeem(relay.url, registered.accessCode);
});
afterAll(() => relay.stop());

const inheritedNames = [
  ...Object.getOwnPropertyNames(Object.prototype),
  'prototype',
  'length',
  'name',
  'then',
  'toJSON',
];
const inherited = fc.constantFrom(...inheritedNames);

const get = (path: string, headers: RawRequest['headers'] = {}): RawRequest => ({
  method: 'GET',
  path,
  headers,
});
const own = <T>(name: string, value: T): Record<string, T> => Object.fromEntries([[name, value]]);
const asApp = () => ({ authorization: `Bearer ${app.clientToken}` });

/** What callers may name, and what the answer is when the name is a harmless one. */
const places: Record<string, { sent: (name: string) => RawRequest; status: number }> = {
  'query parameter': { sent: (name) => get(`/health?${name}=1`), status: 200 },
  'query parameter, twice': { sent: (name) => get(`/health?${name}=1&${name}=2&${name}`), status: 200 },
  header: { sent: (name) => get('/health', own(name, 'x')), status: 200 },
  'header, twice': { sent: (name) => get('/health', own(name, ['x', 'y'])), status: 200 },
  cookie: { sent: (name) => get('/health', { cookie: `${name}=1; ${name}=2` }), status: 200 },
  path: { sent: (name) => get(`/${name}`), status: 404 },
  'path below a route': { sent: (name) => get(`/api/relay/${name}/${name}`), status: 404 },
  'path parameter': { sent: (name) => get(`/api/relay/rpc/${name}`, asApp()), status: 404 },
  // API Gateway passes an unknown type on, and a MOCK finds no status in it.
  'content type of a preflight': {
    sent: (name) => ({ method: 'OPTIONS', path: '/health', headers: { 'content-type': name, accept: name } }),
    status: 500,
  },
  'content type of a wrong method': {
    sent: (name) => ({ method: 'PUT', path: '/health', headers: { 'content-type': name }, body: '{}' }),
    status: 415,
  },
  'JSON member': {
    sent: (name) => ({
      method: 'POST',
      path: '/api/relay/rpc',
      headers: asApp(),
      body: JSON.stringify({ ...own(name, { [name]: own(name, 1) }), method: 'echo', timeoutMs: 'no' }),
    }),
    status: 400,
  },
  'JSON member of a descriptor': {
    sent: (name) => ({
      method: 'POST',
      path: '/api/runtime-pairings/redeem',
      headers: {},
      body: JSON.stringify({ ...own(name, name), pairingCode: 7 }),
    }),
    status: 400,
  },
  'idempotency key': {
    sent: (name) => ({
      method: 'POST',
      path: `/api/relay/rpc/${name}/cancel`,
      headers: { ...asApp(), 'idempotency-key': name },
      body: '{}',
    }),
    status: 404,
  },
};

test.each(Object.entries(places))('as a %s, an inherited name is a name like any other', async (_, place) => {
  await fc.assert(
    fc.asyncProperty(inherited, async (name) => {
      const { status, text } = await sendRaw(relay.url, place.sent(name));
      expect([name, status, text]).toEqual([name, place.status, text]);
      const after = await sendRaw(relay.url, get('/api/relay/status', asApp()));
      expect([name, after.status]).toEqual([name, 200]);
    }),
    { numRuns: 2 * inheritedNames.length },
  );
});

test('after all of them, handshakes with them in the query pass, and frames of such names are answered', async () => {
  const names = inheritedNames.map((name) => `${name}=1&${name}=2`).join('&');
  const runtime = await TestRuntime.connect({ ...registered, relayUrl: `${registered.relayUrl}?${names}` });
  for (const name of inheritedNames) {
    runtime.send(`{"jsonrpc":"2.0","id":"${name}","method":"${name}","${name}":{"${name}":1}}`);
    const answer = await runtime.frame(({ id }) => id === name);
    expect(answer.error.code).toBe(-32601);
  }
  await runtime.close();
});

test('no name in a query gives pages of other sites the monitor of an open server', async () => {
  const assembly = sharedAssembly();
  withOptions(assembly, { edge: 'true', registration: 'open' });
  const open = await startHost({ assembly, isolate, onLog: () => {} });
  try {
    for (const name of inheritedNames) {
      await sendRaw(open.url, get(`/health?${name}=none`));
      const { status } = await sendRaw(
        open.url,
        get('/api/monitor/events', { 'sec-fetch-site': 'cross-site' }),
      );
      expect([name, status]).toEqual([name, 403]);
    }
  } finally {
    await open.stop();
  }
});
