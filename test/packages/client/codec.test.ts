/** The seam for encryption: what travels is what the codec made, and both ends see what was meant. */
import { pair, type RelayApp } from 'agenttown-relay-client/app';
import { connect, MethodError, type Runtime, register } from 'agenttown-relay-client/runtime';
import { type Relay, registrationToken, startRelay } from '../../support/relay';

const seal = (value: unknown) => Buffer.from(JSON.stringify(value ?? null)).toString('base64');
const unseal = (sealed: unknown) => JSON.parse(Buffer.from(String(sealed), 'base64').toString());

let relay: Relay;
let runtime: Runtime;
let app: RelayApp;
const sealings: string[] = [];

beforeAll(async () => {
  relay = await startRelay();
  const identity = await register(relay.url, { runtimeType: 'test', token: registrationToken });
  runtime = connect(identity, {
    methods: {
      refuse: () => {
        throw new MethodError('Not today.', 'not_today', { until: 'tomorrow' });
      },
      greet: (name, { method, progress }) => {
        for (const step of ['one', 'two']) progress(step);
        return `${method} ${name}`;
      },
    },
    codecFor: () => ({
      decodeCall: ({ params }) => ({
        ...unseal(params),
        encodeAnswer: async (answer) => ({ result: seal(answer) }),
        encodeProgress: async (data) => seal(data),
      }),
    }),
  });
  await runtime.connected();
  app = await pair(relay.url, identity.accessCode, {
    codec: {
      encodeCall: async ({ method, params }) => {
        sealings.push(method);
        return { method: 'sealed', params: seal({ method, params }) };
      },
      decodeAnswer: async ({ result }) => {
        const answer = unseal(result);
        return { ok: !answer.error, ...answer };
      },
      decodeProgress: async (data) => unseal(data),
    },
  });
}, 60_000);
afterAll(async () => {
  app.close();
  await runtime.close();
  await relay.stop();
});

test('method, params, steps and result arrive as they were meant', async () => {
  const stream = app.stream<string, string>('greet', 'Ada');
  const steps: string[] = [];
  for await (const step of stream) steps.push(step);
  expect([steps, await stream.result]).toEqual([['one', 'two'], 'greet Ada']);
});

test("an error travels coded as well, and is the runtime's at the other end", async () => {
  const id = 'an-error';
  const error = await app.call('refuse', undefined, { id }).catch((error) => error);
  expect(error).toMatchObject({ name: 'RuntimeError', code: 'not_today', data: { until: 'tomorrow' } });
  const headers = { authorization: `Bearer ${app.credentials.clientToken}` };
  const answer = await fetch(`${relay.url}/api/relay/rpc/${id}`, { headers });
  expect(await answer.text()).not.toContain('today');
});

test('the relay sees one method and no word of what was said, and a call is sealed once', async () => {
  const { body } = await (async () => {
    const id = 'sealed-once';
    expect(await app.call('greet', 'Grace', { id })).toBe('greet Grace');
    const answer = await fetch(`${relay.url}/api/relay/rpc/${id}`, {
      headers: { authorization: `Bearer ${app.credentials.clientToken}` },
    });
    return { body: await answer.text() };
  })();
  expect(body).toContain(seal({ result: 'greet Grace' }));
  expect(body).not.toContain('Grace');
  expect(relay.logged.join('\n')).not.toContain('Grace');
  expect(sealings.filter((method) => method === 'greet')).toHaveLength(2);
});
