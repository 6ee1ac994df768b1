/** A sealed pairing over a real relay: made by a typed code alone, and used like any other. */
import { type Credentials, open, pair, type RelayApp } from 'agenttown-relay-client/app';
import { connect, type Identity, MethodError, type Runtime, register } from 'agenttown-relay-client/runtime';
import {
  type CallKeys,
  type SealEvent,
  type SealedClient,
  SealedRuntime,
  type ShownCode,
  sealApp,
} from 'agenttown-relay-client/sealed';
import { memoryStore } from '../../../support/memory-store';
import { type Relay, registrationToken, startRelay } from '../../../support/relay';

let relay: Relay;
let identity: Identity;
let seal: SealedRuntime;
let runtime: Runtime;
let app: RelayApp;
let shownCode: string;
const events: SealEvent[] = [];
const ran: string[] = [];
const kept = { clients: memoryStore<SealedClient[]>(), codes: memoryStore<ShownCode[]>() };
/** A method that waits until it is let go. */
let letGo = () => {};

function startRuntime(): Runtime {
  seal = new SealedRuntime(kept);
  const started = connect(identity, {
    seal,
    methods: {
      greet: (name, { progress }) => {
        ran.push(`greet ${name}`);
        for (const step of ['one', 'two']) progress(step);
        return `Good day, ${name}`;
      },
      echo: (params) => params,
      large: () => 'x'.repeat(5 * 1024 * 1024),
      step: (length, { progress }) => {
        progress('x'.repeat(Number(length)));
      },
      refuse: () => {
        throw new MethodError('Not today.', 'not_today', { until: 'tomorrow' });
      },
      wait: async (what, { progress, signal }) => {
        ran.push(`wait ${what}`);
        progress('waiting');
        await new Promise<void>((resolve) => {
          letGo = resolve;
          signal.addEventListener('abort', () => resolve());
        });
        return `waited ${what}`;
      },
    },
  });
  started.on('seal', (event) => events.push(event));
  return started;
}

beforeAll(async () => {
  relay = await startRelay();
  const registered = await register(relay.url, { runtimeType: 'test', token: registrationToken });
  identity = registered;
  runtime = startRuntime();
  await runtime.connected();
  shownCode = await seal.show(registered.accessCode);
  app = await pair(relay.url, shownCode.toLowerCase(), { seal: sealApp() });
}, 60_000);
afterAll(async () => {
  app.close();
  await runtime.close();
  await relay.stop();
});

test('the code has sixteen characters, and both ends show the same fingerprint', async () => {
  expect(shownCode).toMatch(/^AT(-[0-9A-HJKMNP-TV-Z]{4}){4}$/);
  const [client] = await seal.clients();
  expect(app.sealed).toMatchObject({ fingerprint: client!.fingerprint, by: 'typed-code' });
  expect(app.sealed!.fingerprint).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  expect(events).toContainEqual({
    what: 'sealed',
    clientId: app.credentials.clientId,
    fingerprint: client!.fingerprint,
  });
});

test('method, params, steps, result and error arrive as they were meant', async () => {
  const stream = app.stream<string, string>('greet', 'Ada');
  const steps: string[] = [];
  for await (const step of stream) steps.push(step);
  expect([steps, await stream.result]).toEqual([['one', 'two'], 'Good day, Ada']);
  const error = await app.call('refuse').catch((error) => error);
  expect(error).toMatchObject({ name: 'RuntimeError', code: 'not_today', data: { until: 'tomorrow' } });
  expect(await app.call('unheard').catch((error) => error.code)).toBe(-32601);
  expect(await app.call('echo')).toBeNull();
});

test('the same id with the same params sends the same bytes, so that it runs once; with others it is a conflict', async () => {
  const before = ran.length;
  const calls = [1, 2, 3].map(() => app.call('greet', 'Grace', { id: 'once' }));
  expect(new Set(await Promise.all(calls))).toEqual(new Set(['Good day, Grace']));
  expect(await app.call('greet', 'Grace', { id: 'once' })).toBe('Good day, Grace');
  expect(ran.length - before).toBe(1);
  expect(await app.call('greet', 'Alan', { id: 'once' }).catch((error) => error.name)).toBe('Conflict');
});

test('a large call goes by HTTPS in both directions', async () => {
  const text = 'wörter '.repeat(100_000);
  expect(await app.call('echo', { text })).toEqual({ text });
});

test('4 MiB travel both ways through the relay, and what is larger is said to be, with the limit', async () => {
  const text = 'x'.repeat(4 * 1024 * 1024 - 64);
  expect(await app.call<string>('echo', text, { timeoutMs: 55_000 })).toHaveLength(text.length);
  const error = await app.call('large').catch((error) => error);
  expect(error).toMatchObject({ name: 'TooLarge', limitBytes: 4_194_304, outcome: 'too-large' });
});

test('a step of 8 KiB arrives, sealed as it is', async () => {
  const stream = app.stream<null, string>('step', 8_190);
  expect((await stream.next()).value).toHaveLength(8_190);
  await stream.result;
});

test('by HTTP alone it is sealed as well', async () => {
  const other = open(app.credentials, { seal: sealApp(), way: 'http' });
  expect(await other.call('greet', 'Edsger')).toBe('Good day, Edsger');
  other.close();
});

test('a page that is loaded anew follows a call whose key it kept', async () => {
  const keys = new Map<string, string>();
  const calls: CallKeys = {
    get: (id) => keys.get(id),
    put: (id, key) => void keys.set(id, key),
    remove: (id) => void keys.delete(id),
  };
  const page = open(app.credentials, { seal: sealApp({ calls }) });
  const running = page.stream<string, string>('wait', 'here');
  await running.next();
  running.result.catch(() => {});
  page.close();
  expect([...keys.keys()]).toEqual([running.id]);
  const anew = open(app.credentials, { seal: sealApp({ calls }) });
  const followed = anew.follow<string, string>(running.id);
  expect((await followed.next()).value).toBe('waiting');
  letGo();
  expect(await followed.result).toBe('waited here');
  expect(keys.size).toBe(0);
  anew.close();
  const stranger = open(app.credentials, { seal: sealApp() });
  const gone = stranger.follow(running.id).result.catch((error) => error);
  expect(await gone).toMatchObject({ name: 'SealBroken', code: 'seal_keys_gone' });
  stranger.close();
});

test('a runtime that is started anew has no session: the call is asked anew and is not lost', async () => {
  expect(await app.call('greet', 'before')).toBe('Good day, before');
  await runtime.close();
  runtime = startRuntime();
  await runtime.connected();
  expect(await app.call('greet', 'after')).toBe('Good day, after');
});

test('a runtime that dies in mid-call comes back, and the call ends', async () => {
  const call = app.stream<string, string>('wait', 'twice');
  expect((await call.next()).value).toBe('waiting');
  await runtime.close();
  runtime = startRuntime();
  await runtime.connected();
  const again = async () => {
    while (ran.filter((each) => each === 'wait twice').length < 2)
      await new Promise((resolve) => setTimeout(resolve, 20));
    letGo();
  };
  await again();
  expect(await call.result).toBe('waited twice');
});

test('cancelling reaches the runtime and ends the call', async () => {
  const call = app.stream('wait', 'long');
  await call.next();
  call.cancel();
  expect(await call.result.catch((error) => error.name)).toBe('Cancelled');
});

test('a pairing that is sealed is not opened without sealing', () => {
  expect(() => open(app.credentials)).toThrow('sealed');
});

test('a code of sixteen is not sent by a library that does not seal, nor one of a length between', async () => {
  const asked: string[] = [];
  const watched: typeof fetch = (input, init) => {
    asked.push(`${input} ${init?.body}`);
    return fetch(input, init);
  };
  for (const code of [
    shownCode,
    shownCode.slice(0, -1),
    `${shownCode}Z`,
    `${shownCode.slice(0, 17)}.${shownCode.slice(-4)}`,
  ]) {
    const failed = await pair(relay.url, code, { fetch: watched }).catch((error) => error);
    expect(failed).toMatchObject({ name: 'InvalidRequest' });
    expect(String(failed)).not.toContain(shownCode.slice(-4));
  }
  expect(asked).toEqual([]);
});

test('a code of twelve pairs unsealed and says so, and a runtime for sealed calls alone refuses that App', async () => {
  const { accessCode } = await runtime.newCode();
  const unsealed = await pair(relay.url, accessCode, { seal: sealApp() });
  expect(unsealed.sealed).toBeUndefined();
  expect(await unsealed.call('greet', 'you')).toBe('Good day, you');
  await runtime.close();
  const strict = connect(identity, {
    seal: new SealedRuntime({ ...kept, sealedOnly: true }),
    methods: { greet: () => 'sealed' },
  });
  strict.on('seal', (event) => events.push(event));
  await strict.connected();
  expect(await unsealed.call('greet').catch((error) => error.code)).toBe('seal_required');
  expect(events.at(-1)).toEqual({ what: 'refused-unsealed', clientId: unsealed.credentials.clientId });
  expect(await app.call('greet')).toBe('sealed');
  unsealed.close();
  await strict.close();
  runtime = startRuntime();
  await runtime.connected();
});

test('wrong last four characters make no pairing: the runtime is told, and the client is gone', async () => {
  const { accessCode } = await runtime.newCode();
  const code = await seal.show(accessCode);
  const wrong = code.endsWith('0') ? `${code.slice(0, -1)}1` : `${code.slice(0, -1)}0`;
  const failed = await pair(relay.url, wrong, { seal: sealApp() }).catch((error) => error);
  expect(failed).toMatchObject({ name: 'SealBroken', code: 'seal_mismatch' });
  expect(events.at(-1)).toMatchObject({ what: 'wrong-guess', guessesLeft: 2 });
  const clients = await fetch(`${relay.url}/api/relay/clients`, {
    headers: { authorization: `Bearer ${identity.relaySecret}` },
  });
  const { clients: list } = (await clients.json()) as { clients: Array<{ clientId: string }> };
  expect(list.map(({ clientId }) => clientId)).not.toContain(
    (events.at(-1) as { clientId: string }).clientId,
  );
});

test('credentials of a sealed pairing outlive a restart of the App', async () => {
  const stored: Credentials = JSON.parse(JSON.stringify(app.credentials));
  const reopened = open(stored, { seal: sealApp() });
  expect(await reopened.call('greet', 'again')).toBe('Good day, again');
  reopened.close();
});
