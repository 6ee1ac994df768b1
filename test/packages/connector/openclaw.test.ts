/** The connector as it is published, with a stand-in for OpenClaw's gateway that keeps to OpenClaw's schema. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pair, type RelayApp } from 'agenttown-relay-client/app';
import { sealApp } from 'agenttown-relay-client/sealed';
import { findOpenClaw, openclawFile } from '../../../packages/connector/src/agents/openclaw-place';
import { openclawMethods, scopesFor } from '../../../packages/connector/src/agents/openclaw-scopes';
import { Steps } from '../../../packages/connector/src/agents/steps';
import { AllowList } from '../../../packages/connector/src/allow-list';
import { type Relay, registrationToken, startRelay } from '../../support/relay';
import { buildPackages } from '../../support/stack/built-packages';
import { OpenClawGateway, scopeOf } from './openclaw-gateway';

const command = join(__dirname, '../../../packages/connector/dist/agenttown.js');
const token = 'the-token-of-the-gateway';
let relay: Relay;
let gateway: OpenClawGateway;
let app: RelayApp;
let folder: string;
let connector: ReturnType<typeof start>;

/** Runs the command; its lines can be waited for. */
function start(...args: string[]) {
  const child: ChildProcess = spawn(process.execPath, [command, ...args], {
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      AGENTTOWN_HOME: join(folder, 'agenttown'),
      AGENTTOWN_PAIRING_TOKEN: registrationToken,
    },
  });
  const lines: string[] = [];
  let waiting: Array<() => void> = [];
  let isOver = false;
  const wake = () => {
    const all = waiting;
    waiting = [];
    for (const tell of all) tell();
  };
  for (const input of [child.stdout!, child.stderr!])
    createInterface({ input }).on('line', (line) => {
      lines.push(line);
      wake();
    });
  child.on('close', () => {
    isOver = true;
    wake();
  });
  return {
    child,
    async line(pattern: RegExp): Promise<string> {
      for (;;) {
        const found = lines.find((line) => pattern.test(line));
        if (found !== undefined) return found;
        if (isOver) throw new Error(`It ended without ${pattern}: ${lines.join('\n')}`);
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    async stop() {
      if (isOver) return;
      const closed = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGTERM');
      await closed;
    },
  };
}

beforeAll(async () => {
  buildPackages();
  folder = mkdtempSync(join(tmpdir(), 'openclaw-'));
  [relay, gateway] = await Promise.all([startRelay(), OpenClawGateway.start(token)]);
  // As OpenClaw leaves it: JSON5, with comments.
  const state = openclawFile({ HOME: folder });
  mkdirSync(join(folder, '.openclaw'));
  writeFileSync(
    state,
    `{ gateway: { port: ${gateway.port}, auth: { mode: 'token', token: '${token}' } }, /* mine */ }`,
  );
  const pairing = start('relay-pair', '--agenttown-url', relay.url, '--code-only');
  const code = await pairing.line(/^AT-/);
  await pairing.stop();
  connector = start('relay', '--json', '--allow', 'config.schema');
  await connector.line(/"connected"/);
  app = await pair(relay.url, code, { seal: sealApp() });
}, 60_000);
afterAll(async () => {
  app?.close();
  await connector?.stop();
  await gateway?.stop();
  await relay?.stop();
  rmSync(folder, { recursive: true, force: true });
  expect(gateway.faults).toEqual([]);
});

test('the gateway and its token are found, and no more is asked of it than the list needs', async () => {
  expect(await app.call('agenttown.status')).toMatchObject({
    ok: true,
    runtime: 'openclaw',
    runtimeVersion: '2026.9.6',
  });
  const { client, role, scopes, minProtocol, maxProtocol } = gateway.connected;
  expect({ client, role, scopes, minProtocol, maxProtocol }).toMatchObject({
    client: { id: 'gateway-client', mode: 'backend' },
    role: 'operator',
    scopes: ['operator.read', 'operator.write'],
    minProtocol: 4,
    maxProtocol: 4,
  });
});

test('methods are passed through, answers of megabytes too, and errors are the gateway’s', async () => {
  expect(await app.call('sessions.list')).toEqual({ sessions: [{ key: 'main' }] });
  expect(((await app.call('config.schema')) as { schema: string }).schema).toHaveLength(2_100_000);
  const unknown = app.call('channels.status');
  await expect(unknown).rejects.toMatchObject({
    code: 'INVALID_REQUEST',
    message: 'unknown method: channels.status',
  });
});

test.each(['config.get', 'config.set', 'exec.approval.resolve', 'logs.tail', 'agent'])(
  '%s does not reach the gateway',
  async (method) => {
    await expect(app.call(method)).rejects.toMatchObject({ code: -32601 });
    expect(gateway.asked.map((asked) => asked.method)).not.toContain(method);
  },
);

test('a chat is a run under the id of the call: its events are the steps, its end the answer, a repeat no second run', async () => {
  const id = 'chat-once';
  const stream = app.stream<{ message: object }, { text?: string; kind?: string }>(
    'chat.send',
    { message: 'hello' },
    { id },
  );
  const [texts, kinds]: [string[], string[]] = [[], []];
  for await (const step of stream) {
    step.kind ? kinds.push(step.kind) : texts.push(step.text ?? '');
  }
  expect([texts.join(''), kinds]).toEqual(['hello', ['status', 'agent']]);
  expect((await stream.result).message).toEqual({ role: 'assistant', content: 'hello' });
  await app.call('chat.send', { message: 'hello' }, { id });
  expect([...gateway.runs.values()]).toEqual([1]);
  expect([...gateway.runs.keys()][0]).toMatch(/^rpc_/);
});

test('ten thousand deltas a second arrive whole, in fewer steps than a call may have', async () => {
  gateway.onRun = ({ params }, self) => {
    for (let n = 0; n < 10_000; n++)
      self.chat(params.idempotencyKey, n, { state: 'delta', deltaText: `${n % 10}` });
    self.chat(params.idempotencyKey, 10_000, { state: 'final' });
  };
  const stream = app.stream<unknown, { text: string }>('chat.send', { message: 'much' });
  let [text, steps] = ['', 0];
  for await (const step of stream) {
    text += step.text;
    steps++;
  }
  const whole = '0123456789'.repeat(1_000);
  expect(text === whole).toBe(true);
  expect(steps).toBeLessThan(4_000);
  gateway.onRun = undefined;
});

test('cancel aborts the run', async () => {
  gateway.onRun = ({ params }, self) =>
    self.chat(params.idempotencyKey, 0, { state: 'delta', deltaText: 'so far' });
  const stream = app.stream<unknown, { text: string }>('chat.send', { message: 'long' });
  expect((await stream.next()).value).toEqual({ text: 'so far' });
  stream.cancel();
  expect((await gateway.request('chat.abort')).params).toMatchObject({
    sessionKey: 'main',
    runId: expect.stringMatching(/^rpc_/),
  });
  gateway.onRun = undefined;
});

test('a gateway that is restarted in mid-call: the App is told, and the next call works', async () => {
  let begun = () => {};
  const started = new Promise<void>((resolve) => {
    begun = resolve;
  });
  gateway.onRun = () => begun();
  const call = app.call('chat.send', { message: 'lost' }, { timeoutMs: 60_000 });
  const outcome = call.catch((error) => error.code);
  await started;
  const { port, faults } = gateway;
  await gateway.stop();
  gateway = await OpenClawGateway.start(token, port);
  gateway.faults.push(...faults);
  expect(await outcome).toBe('agent_unreachable');
  expect(await app.call('health')).toEqual({ ok: true });
}, 60_000);

test('a gateway that is away, and one that refuses the token, are told apart in sentences', async () => {
  const fine = start('status', '--json');
  await fine.line(/"reachable":true/);
  await fine.stop();
  writeFileSync(
    openclawFile({ HOME: folder }),
    `{ gateway: { port: ${gateway.port}, auth: { token: 'another' } } }`,
  );
  const refused = start('status', '--json');
  expect(await refused.line(/"reachable":false/)).toContain('refuses the token: set OPENCLAW_GATEWAY_TOKEN');
  await refused.stop();
  writeFileSync(openclawFile({ HOME: folder }), '{ gateway: { port: 9 } }');
  const away = start('status', '--json');
  expect(await away.line(/"reachable":false/)).toContain('no gateway listens there');
  await away.stop();
}, 60_000);

test('what OpenClaw’s configuration says is read as OpenClaw reads it', () => {
  const at = (text: string, more: NodeJS.ProcessEnv = {}) => {
    const path = join(folder, 'some.json');
    writeFileSync(path, text);
    return findOpenClaw({ OPENCLAW_CONFIG_PATH: path, ...more });
  };
  // biome-ignore lint/suspicious/noTemplateCurlyInString: OpenClaw's way to name a variable
  expect(at("{gateway:{auth:{token:'${MINE}'}}}", { MINE: 'm' })).toEqual({
    url: 'ws://127.0.0.1:18789',
    token: 'm',
  });
  expect(at("{gateway:{auth:{token:{source:'env',id:'MINE'}}}}", { MINE: 'm' }).token).toBe('m');
  expect(at("{gateway:{port:5,auth:{password:'p'}}}", { OPENCLAW_GATEWAY_TOKEN: 't' })).toEqual({
    url: 'ws://127.0.0.1:5',
    token: 't',
    password: 'p',
  });
  expect(() => at('{ secret: ')).toThrow(/is not JSON5\.$/);
  expect(openclawFile({ OPENCLAW_STATE_DIR: '/state' })).toBe('/state/openclaw.json');
});

test('the scopes are those of OpenClaw’s own schema', () => {
  const ours = JSON.parse(
    readFileSync(join(__dirname, '../../../packages/connector/src/agents/openclaw-scopes.json'), 'utf8'),
  );
  const theirs: Record<string, string[]> = {};
  for (const [method, scope] of [...scopeOf].sort()) {
    if (scope === 'operator.read' || scope === 'node') continue;
    theirs[scope] = [...(theirs[scope] ?? []), method];
  }
  expect(ours).toEqual(theirs);
  expect(scopesFor(new AllowList(openclawMethods))).toEqual(['operator.read', 'operator.write']);
  expect(scopesFor(new AllowList(['config.set']))).toEqual(['operator.admin', 'operator.read']);
  expect(scopesFor(new AllowList(['health']))).toEqual(['operator.read']);
});

test('steps keep their order and size, and a text that is taken back is replaced', () => {
  const said: unknown[] = [];
  const steps = new Steps((step) => said.push(step));
  steps.say('a');
  steps.say('b');
  steps.add({ kind: 'tool' });
  steps.say('x'.repeat(3_000));
  steps.replace('anew');
  steps.flush();
  expect(said.map((step) => JSON.stringify(step).length).every((size) => size < 8_192)).toBe(true);
  expect(said.slice(0, 2)).toEqual([{ text: 'ab' }, { kind: 'tool' }]);
  expect(said.at(-1)).toEqual({ replace: true, text: 'anew' });
});
