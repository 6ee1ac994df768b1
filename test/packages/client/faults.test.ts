/** Cut networks, restarted servers, hand-overs, lost answers: no call is lost, none runs twice. */
import { open, pair, type RelayApp } from 'agenttown-relay-client/app';
import { connect, type Runtime, register } from 'agenttown-relay-client/runtime';
import { WebSocket } from 'ws';
import { registrationToken } from '../../support/relay';
import { type GatedRelay, startGatedRelay } from './gated-relay';

let relay: GatedRelay;
let runtime: Runtime;
let app: RelayApp;
const runs = new Map<string, number>();
/** Settles with the key of the next call that the runtime takes. */
let nextTaken: { promise: Promise<string>; tell: (key: string) => void };
/** The network is cut in the middle of the storm's runs of these numbers. */
let cutsAtRuns = new Set<number>();
const released = new Map<string, () => void>();

// A machine with other things to do is slow, not broken.
jest.setTimeout(90_000);

const times = { minBackoffMs: 20, maxBackoffMs: 200, drainMs: 200, patienceMs: 2_000, pingMs: 100 };

beforeAll(async () => {
  relay = await startGatedRelay();
  const identity = await register(relay.url, { runtimeType: 'test', token: registrationToken });
  runtime = connect(identity, {
    times,
    methods: {
      run: (params) => {
        const key = String(params);
        runs.set(key, (runs.get(key) ?? 0) + 1);
        nextTaken.tell(key);
        if (
          key.startsWith('storm') &&
          cutsAtRuns.delete([...runs.keys()].filter((run) => run.startsWith('storm')).length)
        )
          relay.gate.cut();
        return key;
      },
      wait: async (params, { progress }) => {
        const key = String(params);
        runs.set(key, (runs.get(key) ?? 0) + 1);
        for (let step = 0; step < 3; step++) {
          progress(step);
          nextTaken.tell(key);
          await new Promise<void>((resolve) => released.set(key, resolve));
        }
        return key;
      },
      large: (params) => `${params}${'x'.repeat(100_000)}`,
    },
  });
  await runtime.connected();
  app = await pair(relay.url, identity.accessCode, { times });
});
beforeEach(() => {
  expectCall();
});
afterAll(async () => {
  app.close();
  await runtime.close();
  await relay.stop();
});

function expectCall(): Promise<string> {
  let tell = (_: string) => {};
  const promise = new Promise<string>((resolve) => {
    tell = resolve;
  });
  nextTaken = { promise, tell };
  return promise;
}

test('an App that loses its network in mid-call gets the answer of the one run', async () => {
  const stream = app.stream<string, number>('wait', 'cut', { timeoutMs: 80_000 });
  const steps = [(await stream.next()).value];
  relay.gate.cut();
  for (let step = 1; step < 3; step++) {
    const next = expectCall();
    await runtime.connected();
    released.get('cut')?.();
    await next;
    steps.push((await stream.next()).value);
  }
  released.get('cut')?.();
  expect([steps, await stream.result, runs.get('cut')]).toEqual([[0, 1, 2], 'cut', 1]);
});

/** What Apps that are watched sent on their sockets, and asked for by HTTP. */
const sent: Array<{ method: string; params: { calls?: Array<{ id: string; afterSeq: number }> } }> = [];
const routes: string[] = [];

let watched: RelayApp | undefined;

/** A second App with the credentials of the first, watched. */
function watchedApp(): RelayApp {
  class Watched extends WebSocket {
    override send(text: string): void {
      sent.push(JSON.parse(text));
      super.send(text);
    }
  }
  const watchedFetch: typeof fetch = (url, init) => {
    routes.push(`${init?.method ?? 'GET'} ${new URL(String(url)).pathname}`);
    return fetch(url, init);
  };
  sent.length = 0;
  routes.length = 0;
  watched = open(app.credentials, { times, WebSocket: Watched, fetch: watchedFetch });
  return watched;
}

afterEach(() => watched?.close());

const sentOf = (method: string) => sent.filter((frame) => frame.method === method);

test('calls that lost their socket go on with one request, from the step they had, and are not sent again', async () => {
  const own = watchedApp();
  const keys = ['resumed-1', 'resumed-2'];
  const streams = keys.map((key) => own.stream<string, number>('wait', key, { id: key, timeoutMs: 80_000 }));
  for (const stream of streams) expect((await stream.next()).value).toBe(0);
  relay.gate.weather = 'shut';
  const lost = new Promise<void>((resolve) => {
    const off = own.on('socket', ({ open }) => !open && resolve(off()));
  });
  relay.gate.cut();
  await lost;
  relay.gate.weather = 'fair';
  await runtime.connected();
  for (let step = 0; step < 3; step++) {
    for (const [index, stream] of streams.entries()) {
      released.get(keys[index]!)?.();
      if (step < 2) expect((await stream.next()).value).toBe(step + 1);
    }
  }
  expect(await Promise.all(streams.map(({ result }) => result))).toEqual(keys);
  expect([sentOf('wait').length, keys.map((key) => runs.get(key))]).toEqual([2, [1, 1]]);
  const resumed = sentOf('relay.resume').flatMap(({ params }) => params.calls ?? []);
  expect(resumed.map(({ id }) => id).sort()).toEqual(keys);
  for (const { afterSeq } of resumed) expect(afterSeq).toBe(0);
  expect(routes.filter((route) => route.includes('/rpc'))).toEqual([]);
});

test('a call that is followed is followed on the socket, and one that nobody knows is said to be unknown', async () => {
  const stream = app.stream<string, number>('wait', 'followed', { id: 'followed', timeoutMs: 80_000 });
  await stream.next();
  const own = watchedApp();
  const followed = own.follow<string, number>('followed', { afterSeq: 0 });
  const unknown = own.follow('no-such-call');
  await expect(unknown.result).rejects.toMatchObject({ name: 'NotFound', id: 'no-such-call' });
  for (let step = 1; step < 3; step++) {
    released.get('followed')?.();
    expect((await followed.next()).value).toBe(step);
    await stream.next();
  }
  released.get('followed')?.();
  expect([await followed.result, await stream.result]).toEqual(['followed', 'followed']);
  expect(await own.follow('followed').result).toBe('followed');
  expect([sentOf('relay.resume').length > 0, routes.filter((route) => route.includes('/rpc'))]).toEqual([
    true,
    [],
  ]);
});

test('what was lost before the relay had it is sent again', async () => {
  const own = watchedApp();
  await own.call('run', 'warm');
  relay.gate.weather = 'silent';
  const call = own.call('run', 'lost-on-the-way', { timeoutMs: 60_000 });
  await new Promise<void>((resolve) => {
    const off = own.on('socket', ({ open }) => !open && resolve(off()));
  });
  relay.gate.weather = 'fair';
  relay.gate.cut();
  expect([await call, runs.get('lost-on-the-way')]).toEqual(['lost-on-the-way', 1]);
});

test('twenty calls in a network that is cut again and again are each answered, and run once', async () => {
  const keys = Array.from({ length: 20 }, (_, n) => `storm-${n}`);
  cutsAtRuns = new Set([1, 6, 11, 16]);
  const calls = keys.map((key) => app.call('run', key, { timeoutMs: 80_000 }));
  expect(await Promise.all(calls)).toEqual(keys);
  expect(keys.map((key) => runs.get(key))).toEqual(keys.map(() => 1));
});

test('hand-overs of both ends in mid-call are noticed by nobody', async () => {
  const states: string[] = [];
  const off = runtime.on('state', (state) => states.push(state));
  const call = app.stream('wait', 'hand-over', { timeoutMs: 80_000 });
  await call.next();
  const before = relay.gate.taken;
  runtime.handOver();
  app.handOver();
  for (let step = 1; step < 3; step++) {
    const next = expectCall();
    released.get('hand-over')?.();
    await next;
  }
  const others = Array.from({ length: 10 }, (_, n) => app.call('run', `while-${n}`));
  released.get('hand-over')?.();
  expect(await call.result).toBe('hand-over');
  await Promise.all(others);
  expect(relay.gate.taken).toBeGreaterThan(before);
  expect([states, runs.get('hand-over')]).toEqual([[], 1]);
  off();
});

test('a server that is restarted in mid-call gives the answer afterwards', async () => {
  const call = app.call('wait', 'restart', { timeoutMs: 80_000 });
  await nextTaken.promise;
  await relay.restart('with-data');
  await runtime.connected();
  for (let step = 1; step < 3; step++) {
    const next = expectCall();
    released.get('restart')?.();
    await next;
  }
  released.get('restart')?.();
  expect([await call, runs.get('restart')]).toEqual(['restart', 1]);
});

test('a socket that has gone silent is noticed, and what was sent into it is asked for again', async () => {
  await app.call('run', 'before');
  relay.gate.weather = 'silent';
  const call = app.call('run', 'silent', { timeoutMs: 40_000 });
  const noticed = new Promise<void>((resolve) => {
    const off = app.on('socket', ({ open }) => {
      if (!open) resolve(off());
    });
  });
  await noticed;
  relay.gate.weather = 'fair';
  relay.gate.cut();
  expect([await call, runs.get('silent')]).toEqual(['silent', 1]);
});

test('an answer that was lost on its way to the App is not worked out again', async () => {
  await app.call('run', 'before-deaf');
  const taken = expectCall();
  const call = app.call('run', 'deaf', { timeoutMs: 40_000 });
  await taken;
  relay.gate.weather = 'deaf';
  relay.gate.cut();
  relay.gate.weather = 'fair';
  expect([await call, runs.get('deaf')]).toEqual(['deaf', 1]);
});

test('a large answer finds its way through a network that comes back', async () => {
  relay.gate.cut();
  await runtime.connected();
  const call = app.call('large', 'big');
  expect(await call).toHaveLength(100_003);
});

test("a portal's page is no answer: the call waits for the network, within its time", async () => {
  relay.gate.cut();
  relay.gate.weather = 'portal';
  const lost = app.call('run', 'portal-lost', { timeoutMs: 1_000 });
  await expect(lost).rejects.toMatchObject({ name: 'Unreachable', retryable: true, retry: 'same-id' });
  const call = app.call('run', 'portal', { timeoutMs: 30_000 });
  relay.gate.weather = 'fair';
  await runtime.connected();
  expect([await call, runs.get('portal')]).toEqual(['portal', 1]);
  expect(runs.has('portal-lost')).toBe(false);
});
