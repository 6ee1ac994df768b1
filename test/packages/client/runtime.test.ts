/** The runtime's library on a real relay: methods, context, large payloads, codes. */
import {
  type CallContext,
  connect,
  type Identity,
  MethodError,
  type Runtime,
  register,
} from 'agenttown-relay-client/runtime';
import { call, type Paired, redeem, request } from '../../support/api';
import { CallStream } from '../../support/call-stream';
import { type Relay, registrationToken, startRelay } from '../../support/relay';

let relay: Relay;
let runtime: Runtime;
let app: Paired;
const warnings: unknown[] = [];
let seen: CallContext | undefined;
/** Settles when the call that `hold` runs is over, with why. */
let held: Promise<unknown>;
let taken: () => void;

beforeAll(async () => {
  relay = await startRelay();
  const identity = await register(relay.url, {
    runtimeType: 'test',
    displayName: 'Desk',
    token: registrationToken,
  });
  runtime = connect(identity, {
    methods: {
      echo: (params) => params,
      steps: (_, context) => [0, 1, 2].map((step) => context.progress({ step })),
      tooLarge: (_, context) => context.progress('x'.repeat(9_000)),
      fails: () => {
        throw new MethodError('no such session', 'E_SESSION', { session: 7 });
      },
      throws: () => {
        throw new Error('the password is hunter2');
      },
      large: () => 'ü'.repeat(600_000),
      look: (_, context) => {
        seen = context;
      },
      hold: (_, { signal }) => {
        held = new Promise((resolve) => signal.addEventListener('abort', () => resolve(signal.reason.code)));
        taken();
        return held;
      },
    },
    onCall: (method, params) => ({ method, params }),
  });
  runtime.on('warning', (warning) => warnings.push(warning));
  await runtime.connected();
  app = await redeem(relay.url, identity.accessCode);
}, 60_000);
afterAll(async () => {
  await runtime.close();
  await relay.stop();
});

test('a method answers with what it returns, and one that is not listed goes to onCall', async () => {
  expect((await call(relay.url, app, { method: 'echo', params: [1] })).body.result).toEqual([1]);
  expect((await call(relay.url, app, { method: 'constructor', params: 2 })).body.result).toEqual({
    method: 'constructor',
    params: 2,
  });
});

test('a method that returns nothing answers null', async () => {
  expect((await call(relay.url, app, { method: 'look' })).body).toMatchObject({ ok: true, result: null });
});

test('the context names the client and the trace', async () => {
  const traceparent = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`;
  await call(relay.url, app, { method: 'look' }, { headers: { traceparent } });
  expect(seen).toMatchObject({ method: 'look', clientId: app.clientId, traceparent });
});

test('a MethodError is the answer; of any other error the App learns nothing and the author everything', async () => {
  const { body } = await call(relay.url, app, { method: 'fails' });
  expect(body.error).toEqual({ code: 'E_SESSION', message: 'no such session', data: { session: 7 } });
  const thrown = await call(relay.url, app, { method: 'throws' });
  expect(thrown.body.error).toEqual({ code: -32603, message: 'The runtime failed.' });
  expect(warnings.map(String)).toContain('Error: the password is hunter2');
});

test('progress reaches the stream in order, and a step over the limit is refused to its reporter', async () => {
  const stream = await CallStream.call(relay.url, app, { method: 'steps' });
  expect((await stream.last()).data.result).toEqual([true, true, true]);
  expect(stream.events.filter(({ event }) => event === 'progress').map(({ data }) => data.data.step)).toEqual(
    [0, 1, 2],
  );
  expect((await call(relay.url, app, { method: 'tooLarge' })).body.result).toBe(false);
});

test('an answer of a megabyte goes by HTTPS, and params of a hundred kilobytes are fetched', async () => {
  expect((await call(relay.url, app, { method: 'large' })).body.result).toHaveLength(600_000);
  const params = { text: 'ü'.repeat(100_000) };
  const { body } = await call(relay.url, app, { method: 'measure', params });
  expect(body.result.params).toEqual(params);
});

test.each([
  [
    'cancelled',
    async (id: string) =>
      request(relay.url, `POST /api/relay/rpc/${id}/cancel`, { credential: app.clientToken, body: {} }),
  ],
  ['rpc_timeout', async () => {}],
])('the signal fires when the call is over: %s', async (code, end) => {
  const isTaken = new Promise<void>((resolve) => {
    taken = resolve;
  });
  const id = `held-${code}`;
  const answer = call(relay.url, app, { method: 'hold', id, timeoutMs: 1_000 });
  await isTaken;
  await end(id);
  expect(await held).toBe(code);
  await answer;
});

test('a new code pairs another App, and the earlier one is dead', async () => {
  const [first, second] = [await runtime.newCode(), await runtime.newCode()];
  expect((await redeem(relay.url, second.accessCode)).gatewayId).toBe(runtime.identity.gatewayId);
  await expect(redeem(relay.url, first.accessCode)).rejects.toThrow('404');
});

test('register wants a token where the server does, and an address of the web', async () => {
  const anybody = { runtimeType: 'test' };
  await expect(register(relay.url, anybody)).rejects.toMatchObject({
    name: 'Unauthorized',
    retryable: false,
  });
  await expect(register('ftp://relay', anybody)).rejects.toThrow('serverUrl must be an http or https URL');
  const bad = register(relay.url, { runtimeType: '', token: registrationToken });
  await expect(bad).rejects.toMatchObject({ name: 'InvalidRequest', errors: [{ path: 'runtimeType' }] });
});

test('a kept identity is refreshed: its Apps stay paired', async () => {
  let kept: Identity | undefined;
  const store = {
    load: () => kept,
    save: (identity: Identity) => {
      kept = identity;
    },
    clear: () => {},
  };
  const options = { runtimeType: 'test', token: registrationToken, store };
  const first = await register(relay.url, options);
  const paired = await redeem(relay.url, first.accessCode);
  const second = await register(relay.url, options);
  expect([first.isNew, second.isNew, second.gatewayId]).toEqual([true, false, paired.gatewayId]);
});
