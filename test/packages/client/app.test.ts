/** The App's library on a real relay: calls, streams, cancel, presence and errors, by socket and by HTTP alike. */
import { open, pair, type RelayApp, type RelayError, reopen, webStore } from 'agenttown-relay-client/app';
import { connect, type Identity, MethodError, type Runtime, register } from 'agenttown-relay-client/runtime';
import { type Relay, registrationToken, startRelay } from '../../support/relay';

let relay: Relay;
let runtime: Runtime;
let identity: Identity;
const apps: RelayApp[] = [];
const runs = new Map<string, number>();
/** Steps of `walk` wait for this. */
let go: (() => void) | undefined;
let aborted: Promise<void>;
let tellAborted: () => void;

beforeAll(async () => {
  relay = await startRelay();
  identity = await register(relay.url, {
    runtimeType: 'test',
    displayName: 'Desk',
    token: registrationToken,
  });
  runtime = connect(identity, {
    methods: {
      echo: (params) => params,
      count: (params) => {
        const { key } = params as { key: string };
        runs.set(key, (runs.get(key) ?? 0) + 1);
        return runs.get(key);
      },
      fails: () => {
        throw new MethodError('no', 'E_NO', { why: 1 });
      },
      steps: (_, { progress }) => {
        for (const word of ['a', 'b', 'c']) progress(word);
        return 'abc';
      },
      large: () => 'x'.repeat(200_000),
      hold: (_, { signal, progress }) => {
        progress('holding');
        return new Promise((resolve) =>
          signal.addEventListener('abort', () => {
            tellAborted();
            resolve(null);
          }),
        );
      },
      walk: async (_, { progress }) => {
        for (let step = 0; step < 3; step++) {
          progress(step);
          await new Promise<void>((resolve) => {
            go = resolve;
          });
        }
        return 'walked';
      },
    },
  });
  await runtime.connected();
}, 60_000);
beforeEach(() => {
  aborted = new Promise((resolve) => {
    tellAborted = resolve;
  });
});
afterAll(async () => {
  for (const app of apps) app.close();
  await runtime.close();
  await relay.stop();
});

async function paired(way: 'socket' | 'http'): Promise<RelayApp> {
  const { accessCode } = await runtime.newCode();
  const app = await pair(relay.url, accessCode, { way, label: way });
  apps.push(app);
  return app;
}

describe.each(['socket', 'http'] as const)('by %s', (way) => {
  let app: RelayApp;
  beforeAll(async () => {
    app = await paired(way);
  });

  test('a call gives the result', async () => {
    expect(await app.call('echo', { say: 'hello' })).toEqual({ say: 'hello' });
  });

  test('the same id is one run, and another call under it is refused', async () => {
    const id = `once-${way}`;
    const both = [app.call('count', { key: id }, { id }), app.call('count', { key: id }, { id })];
    expect(await Promise.all(both)).toEqual([1, 1]);
    expect(await app.call('count', { key: id }, { id })).toBe(1);
    const conflict = app.call('count', { key: 'other' }, { id });
    await expect(conflict).rejects.toMatchObject({ name: 'Conflict', retryable: false });
  });

  test("the runtime's error keeps its code and data", async () => {
    const fails = app.call('fails');
    await expect(fails).rejects.toMatchObject({
      name: 'RuntimeError',
      code: 'E_NO',
      data: { why: 1 },
      message: 'no',
    });
  });

  test('a stream gives its steps and returns the result', async () => {
    const stream = app.stream<string, string>('steps');
    const words: string[] = [];
    for await (const word of stream) words.push(word);
    expect([words, await stream.result]).toEqual([['a', 'b', 'c'], 'abc']);
  });

  test('leaving a stream cancels its call', async () => {
    for await (const step of app.stream('hold')) {
      expect(step).toBe('holding');
      break;
    }
    await aborted;
  });

  test('a signal cancels a call, and the caller need not wait for it', async () => {
    const controller = new AbortController();
    const call = app.stream('hold', undefined, { signal: controller.signal });
    await call.next();
    controller.abort();
    await expect(call.result).rejects.toMatchObject({ name: 'Cancelled', retryable: false });
    await aborted;
  });

  test('an answer over one message comes all the same, and so do large params', async () => {
    expect(await app.call('large')).toHaveLength(200_000);
    expect(await app.call('echo', 'ü'.repeat(50_000))).toHaveLength(50_000);
  });

  test('a call that is too late says that a repeat may run it twice', async () => {
    const late = app.call('hold', undefined, { timeoutMs: 1_000 });
    await expect(late).rejects.toMatchObject({ name: 'RpcTimeout', retryable: true, retry: 'new-id' });
  });

  test('a call may take longer than a socket or a request waits', async () => {
    expect(await app.call('echo', 1, { timeoutMs: 120_000 })).toBe(1);
  });

  test('another App that has the credentials follows a call by its id, from where it was', async () => {
    const id = `walk-${way}`;
    const first = app.stream<string, number>('walk', undefined, { id });
    await first.next();
    const second = open(app.credentials, { way });
    const followed = second.follow<string, number>(id, { afterSeq: first.lastSeq });
    const steps: number[] = [];
    go?.();
    for await (const step of followed) {
      steps.push(step);
      go?.();
    }
    expect([steps, await followed.result, await first.result]).toEqual([[1, 2], 'walked', 'walked']);
    second.close();
  });

  test('cancel ends a call by its id', async () => {
    const call = app.stream('hold');
    await call.next();
    expect(await app.cancel(call.id)).toBe('cancelled');
    await expect(call.result).rejects.toMatchObject({ name: 'Cancelled' });
  });

  test.each([
    ['relay.hello', {}, 'method'],
    ['a b', {}, 'method'],
    ['echo', { id: 'a b' }, 'id'],
    ['echo', { timeoutMs: 10 }, 'timeoutMs'],
  ])('%s with %j is refused before anything is sent', async (method, options, path) => {
    await expect(app.call(method, {}, options)).rejects.toMatchObject({
      name: 'InvalidRequest',
      errors: [{ path }],
    });
  });

  test('a call is not followed from a step that cannot be', async () => {
    for (const afterSeq of [-2, 0.5, 4_000]) {
      const { result } = app.follow('any', { afterSeq });
      await expect(result).rejects.toMatchObject({ name: 'InvalidRequest', errors: [{ path: 'afterSeq' }] });
    }
  });

  test('what was aborted before it began is not sent', async () => {
    const call = app.call('count', { key: `never-${way}` }, { signal: AbortSignal.abort() });
    await expect(call).rejects.toMatchObject({ name: 'Cancelled' });
    expect(runs.has(`never-${way}`)).toBe(false);
  });
});

test('presence is told when the runtime comes and goes', async () => {
  const other = await register(relay.url, { runtimeType: 'test', token: registrationToken });
  const app = await pair(relay.url, other.accessCode);
  apps.push(app);
  const told: boolean[] = [];
  const isTold = (connected: boolean) =>
    new Promise<void>((resolve) => {
      const off = app.on('presence', (presence) => {
        told.push(presence.connected);
        if (presence.connected === connected) resolve(off());
      });
    });
  const away = isTold(false);
  app.watch();
  await away;
  const back = isTold(true);
  const there = connect(other, {});
  await back;
  const gone = isTold(false);
  await there.close();
  await gone;
  expect(told).toEqual([false, true, false]);
});

test('a dead token is told once, and calls with it are refused', async () => {
  const app = await paired('socket');
  await app.call('echo');
  const told = new Promise((resolve) => app.on('unauthorized', resolve));
  const other = open(app.credentials, { way: 'http' });
  await other.unpair();
  app.handOver();
  expect(await told).toMatchObject({ name: 'Unauthorized' });
  await expect(app.call('echo')).rejects.toMatchObject({ name: 'Unauthorized', retryable: false });
});

test('a used code is CodeNotFound, and credentials are kept and found again', async () => {
  const { accessCode } = await runtime.newCode();
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  const store = webStore<RelayApp['credentials']>('agenttown', storage);
  expect(await reopen(store)).toBeUndefined();
  const first = await pair(relay.url, accessCode, { store });
  const again = await reopen(store);
  apps.push(first, again!);
  expect(await again!.call('echo', 'kept')).toBe('kept');
  expect((await again!.status()).displayName).toBe('Desk');
  await expect(pair(relay.url, accessCode)).rejects.toMatchObject({
    name: 'CodeNotFound',
    code: 'code_not_found',
  });
});

test('a code that pairs is not wasted on a store that fails', async () => {
  const { accessCode } = await runtime.newCode();
  const failures: unknown[] = [];
  const full = new Error('ENOSPC');
  const store = {
    load: () => undefined,
    save: () => {
      throw full;
    },
    clear: () => {},
  };
  const app = await pair(relay.url, accessCode, { store, onNotKept: (error) => failures.push(error) });
  apps.push(app);
  expect([await app.call('echo', 1), failures]).toEqual([1, [full]]);
});

test('a runtime that is away is RuntimeOffline, with the way to repeat it', async () => {
  const away = await register(relay.url, { runtimeType: 'test', token: registrationToken });
  const app = await pair(relay.url, away.accessCode);
  apps.push(app);
  const call = app.call('echo', undefined, { timeoutMs: 1_000 });
  await expect(call).rejects.toMatchObject({ name: 'RuntimeOffline', retryable: true, id: call.id });
  expect(((await call.catch((error: RelayError) => error)) as RelayError).retry).toMatch(/^(same|new)-id$/);
});
