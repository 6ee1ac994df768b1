/** What a runtime is told when the server knows it no more, and when it only seems so. */
import { statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileStore } from 'agenttown-relay-client/file-store';
import { connect, type Identity, type Runtime, register } from 'agenttown-relay-client/runtime';
import { call, redeem, request } from '../../support/api';
import { registrationToken } from '../../support/relay';
import { type GatedRelay, startGatedRelay } from './gated-relay';

let relay: GatedRelay;
let directory: string;
const runtimes: Runtime[] = [];
const times = { minBackoffMs: 20, maxBackoffMs: 200, drainMs: 100 };
const options = { runtimeType: 'test', token: registrationToken };

beforeAll(async () => {
  relay = await startGatedRelay();
  directory = await mkdtemp(join(tmpdir(), 'identity-'));
}, 60_000);
afterAll(async () => {
  for (const runtime of runtimes) await runtime.close();
  await relay.stop();
  await rm(directory, { recursive: true });
});

function serve(identity: Identity, more: Partial<Parameters<typeof connect>[1]> = {}): Runtime {
  const runtime = connect(identity, { times, methods: { echo: (params) => params }, ...more });
  runtimes.push(runtime);
  return runtime;
}

test('a secret that was rotated elsewhere ends the runtime with IdentityLost', async () => {
  const identity = await register(relay.url, options);
  const runtime = serve(identity);
  await runtime.connected();
  await request(relay.url, 'POST /api/relay/secret', { credential: identity.relaySecret, body: {} });
  expect(await runtime.ended).toMatchObject({ name: 'IdentityLost', retryable: false });
  expect(runtime.state).toBe('identity-lost');
  await expect(runtime.connected()).rejects.toMatchObject({ name: 'IdentityLost' });
});

test('a server restarted without its data is met with a new identity, where the hook gives one', async () => {
  const store = fileStore<Identity>(join(directory, 'restart.json'));
  const kept = { ...options, store };
  let code = '';
  const renewed: string[] = [];
  const runtime = serve(await register(relay.url, kept), {
    onIdentityLost: async (lost) => {
      renewed.push(lost.name);
      const identity = await register(relay.url, { ...kept, ifLost: 'register-anew' });
      code = identity.accessCode;
      return identity;
    },
  });
  await runtime.connected();
  const before = runtime.identity.gatewayId;
  const isBack = new Promise<void>((resolve) => {
    runtime.on('state', (state) => state === 'connected' && code && resolve());
  });
  await relay.restart('without-data');
  await isBack;
  expect([renewed, runtime.identity.gatewayId === before]).toEqual([['IdentityLost'], false]);
  const app = await redeem(relay.url, code);
  expect((await call(relay.url, app, { method: 'echo', params: 1 })).body.result).toBe(1);
  expect((await store.load())?.gatewayId).toBe(runtime.identity.gatewayId);
}, 60_000);

test('a kept identity that the server forgot is IdentityLost at registering, unless another is wanted', async () => {
  const store = fileStore<Identity>(join(directory, 'forgotten.json'));
  const identity = await register(relay.url, { ...options, store });
  await request(relay.url, 'DELETE /api/relay/gateway', { credential: identity.relaySecret });
  await expect(register(relay.url, { ...options, store })).rejects.toMatchObject({ name: 'IdentityLost' });
  const wrong = register(relay.url, { ...options, token: 'not-the-registration-token', store });
  await expect(wrong).rejects.toMatchObject({ name: expect.stringMatching(/Unauthorized|IdentityLost/) });
  const anew = await register(relay.url, { ...options, store, ifLost: 'register-anew' });
  expect(anew.isNew).toBe(true);
});

test('a wrong token for a living identity is not taken for a lost one', async () => {
  const store = fileStore<Identity>(join(directory, 'living.json'));
  await register(relay.url, { ...options, store });
  const wrong = register(relay.url, {
    ...options,
    token: 'not-the-registration-token',
    store,
    ifLost: 'register-anew',
  });
  await expect(wrong).rejects.toMatchObject({ name: 'Unauthorized' });
});

test("another server's secret is not sent to this one", async () => {
  const store = fileStore<Identity>(join(directory, 'elsewhere.json'));
  const elsewhere = {
    serverUrl: 'https://elsewhere.example',
    gatewayId: 'gw_x',
    relaySecret: 'ats_x',
    relayUrl: 'wss://x',
  };
  await store.save(elsewhere);
  expect((await register(relay.url, { ...options, store })).isNew).toBe(true);
});

test('a hotel that answers 401 to everything does not cost a runtime its identity', async () => {
  const identity = await register(relay.url, options);
  const portal = (async () => new Response('<html>', { status: 401 })) as typeof fetch;
  const runtime = serve(identity, { fetch: portal });
  await runtime.connected();
  relay.gate.weather = 'portal';
  const warned = new Promise((resolve) => runtime.on('warning', resolve));
  relay.gate.cut();
  await warned;
  relay.gate.weather = 'fair';
  await runtime.connected();
  expect(runtime.state).toBe('connected');
});

test('a file for its owner alone; what is no JSON is nothing; a full disk leaves what was there', async () => {
  const path = join(directory, 'deep', 'state.json');
  const store = fileStore<{ n: number }>(path);
  expect(await store.load()).toBeUndefined();
  await store.save({ n: 1 });
  expect([await store.load(), statSync(path).mode & 0o777]).toEqual([{ n: 1 }, 0o600]);
  // /dev/full takes nothing: what a full disk says.
  if (process.platform === 'linux')
    await expect(fileStore('/dev/full/state.json').save({})).rejects.toThrow();
  await writeFile(path, '{"n":');
  expect(await store.load()).toBeUndefined();
  await store.clear();
  expect(await store.load()).toBeUndefined();
});

test('a store that fails costs a runtime nothing but its memory', async () => {
  const failures: unknown[] = [];
  const full = new Error('ENOSPC');
  const store = {
    load: () => undefined,
    save: () => {
      throw full;
    },
    clear: () => {},
  };
  const identity = await register(relay.url, {
    ...options,
    store,
    onNotKept: (error) => failures.push(error),
  });
  await serve(identity).connected();
  expect(failures).toEqual([full]);
});
