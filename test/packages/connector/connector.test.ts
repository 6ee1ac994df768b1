/** `agenttown` from the first code to the end, with an agent that is a command, on a real relay. */
import { cpSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pair, type RelayApp } from 'agenttown-relay-client/app';
import { sealApp } from 'agenttown-relay-client/sealed';
import { runCommandLine } from '../../../packages/connector/src/command-line';
import { Home } from '../../../packages/connector/src/home';
import { request } from '../../support/api';
import { eventually } from '../../support/eventually';
import { type Relay, registrationToken, startRelay } from '../../support/relay';

const agent = `"${process.execPath}" "${join(__dirname, 'line-agent.mjs')}"`;
let relay: Relay;
let folder: string;
let home: Home;
let app: RelayApp;
let connector: Running;

/** A command line under way, or over. */
interface Running {
  lines: string[];
  exitCode: Promise<number>;
  /** Waits for a line. */
  line(pattern: RegExp): Promise<string>;
  stop(): Promise<number>;
}

function run(args: string[], environment: NodeJS.ProcessEnv = {}, at = home): Running {
  const lines: string[] = [];
  const stop = new AbortController();
  let waiting: Array<() => void> = [];
  const say = (line: string) => {
    lines.push(...line.split('\n'));
    for (const wake of waiting.splice(0)) wake();
  };
  const variables = { AGENTTOWN_PAIRING_TOKEN: registrationToken, ...environment };
  const around = { environment: variables, home: at, version: '1.2.3', isTerminal: false, say, warn: say };
  let over = false;
  const exitCode = runCommandLine(args, around, { signal: stop.signal, entry: '/opt/agenttown.js' });
  void exitCode.then(() => {
    over = true;
    say('');
  });
  return {
    lines,
    exitCode,
    async line(pattern) {
      for (;;) {
        const found = lines.find((line) => pattern.test(line));
        if (found !== undefined) return found;
        if (over) throw new Error(`It ended without ${pattern}: ${lines.join('\n')}`);
        await new Promise<void>((resolve) => {
          waiting = [...waiting, resolve];
        });
      }
    },
    stop: () => {
      stop.abort();
      return exitCode;
    },
  };
}

/** Runs a command to its end. */
async function ended(args: string[], environment?: NodeJS.ProcessEnv): Promise<[number, string]> {
  const running = run(args, environment);
  const code = await running.exitCode;
  return [code, running.lines.join('\n')];
}

beforeAll(async () => {
  relay = await startRelay();
  folder = mkdtempSync(join(tmpdir(), 'connector-'));
  home = new Home({ AGENTTOWN_HOME: folder });
  const [code, text] = await ended([
    'relay-pair',
    '--agenttown-url',
    relay.url,
    '--exec',
    agent,
    '--code-only',
  ]);
  expect([code, text.trim()]).toEqual([0, expect.stringMatching(/^AT(-\w{4}){4}$/)]);
  connector = run(['relay', '--json', '--allow', 'fails,twice', '--allow', 'h*', '--allow', 'large dies']);
  await connector.line(/"connected"/);
  app = await pair(relay.url, text.trim(), { label: 'My phone', seal: sealApp() });
}, 60_000);
afterAll(async () => {
  app?.close();
  await connector?.stop();
  await relay.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('the connector itself says how the agent is', async () => {
  expect(await app.call('agenttown.status')).toEqual({
    ok: true,
    runtime: 'json-rpc',
    reachable: true,
    connectorVersion: '1.2.3',
    uptimeSeconds: expect.any(Number),
  });
});

test('what is allowed reaches the agent, with its steps', async () => {
  const stream = app.stream<unknown, { text: string }>('chat.send', { message: 'hello' });
  let text = '';
  for await (const step of stream) text += step.text;
  expect([text, await stream.result]).toEqual(['thinking', { said: 'hello' }]);
});

test.each(['config.set', 'exec.approval.resolve', 'secrets.get', '__proto__'])(
  '%s is refused here, with what to do about it',
  async (method) => {
    const refused = {
      name: 'RuntimeError',
      code: -32601,
      message: expect.stringContaining('agenttown relay --allow'),
    };
    await expect(app.call(method)).rejects.toMatchObject(refused);
    await connector.line(new RegExp(`"refused","method":"${method}"`));
  },
);

test("the agent's error is the App's, and its second answer nobody's", async () => {
  await expect(app.call('fails')).rejects.toMatchObject({ code: -7, message: 'no', data: { why: 1 } });
  expect([await app.call('twice'), await app.call('twice')]).toEqual(['first', 'first']);
});

test('an answer of three megabytes comes through', async () => {
  expect(await app.call('large')).toHaveLength(3_000_000);
});

test('an agent that never answers is told when nobody waits any more', async () => {
  const call = app.stream('hold');
  expect((await call.next()).value).toBe('holding');
  call.cancel();
  await expect(call.result).rejects.toMatchObject({ name: 'Cancelled' });
  const late = app.call('hold', undefined, { timeoutMs: 1_000 });
  await expect(late).rejects.toMatchObject({ name: 'RpcTimeout' });
});

test('an agent that ends in mid-call is said to be away, and is started again', async () => {
  const dies = app.call('dies');
  await expect(dies).rejects.toMatchObject({
    code: 'agent_unreachable',
    message: expect.stringContaining('ended with 3'),
  });
  expect(await app.call('chat.send', { message: 'again' })).toEqual({ said: 'again' });
});

test('a second connector with the same identity is not started', async () => {
  // As another process would have left it: this test's connector is the process that runs the test.
  writeFileSync(join(folder, 'relay.pid'), String(process.ppid));
  const [code, text] = await ended(['relay']);
  expect([code, text]).toEqual([1, expect.stringContaining('agenttown relay runs here already')]);
});

test('for a person it says what it does in words', async () => {
  const other = mkdtempSync(join(tmpdir(), 'connector-'));
  cpSync(folder, other, { recursive: true });
  rmSync(join(other, 'relay.pid'), { force: true });
  const running = run(['relay'], {}, new Home({ AGENTTOWN_HOME: other }));
  expect(await running.line(/ {2}agent {2}/)).toMatch(/Z {2}agent {2}[\w-]+ reachable$/);
  await running.line(/ {2}relay {2}connected/);
  await running.stop();
  rmSync(other, { recursive: true });
  // Until the relay knows that its socket is gone, that one is the newest.
  await eventually(async () => ((await ended(['status', '--json']))[0] === 0 ? 'back' : undefined));
});

test('status, clients and what is kept', async () => {
  const [code, text] = await ended(['status', '--json']);
  expect([code, JSON.parse(text)]).toMatchObject([
    0,
    { relay: { connected: true }, agent: { reachable: true } },
  ]);
  expect((await ended(['status']))[1]).toMatch(/^relay .*: connected/);
  const [, clients] = await ended(['clients', '--json']);
  const { fingerprint } = app.sealed!;
  expect(JSON.parse(clients)).toMatchObject([
    { clientId: app.credentials.clientId, label: 'My phone', sealed: true, fingerprint },
  ]);
  expect((await ended(['clients']))[1]).toContain(`sealed ${fingerprint}`);
  for (const name of ['connector.json', 'sealed-clients.json', 'sealed-codes.json'])
    expect([name, statSync(join(folder, name)).mode & 0o777]).toEqual([name, 0o600]);
});

test('the connector says who sealed, with the fingerprint that the App shows', async () => {
  const line = await connector.line(/"event":"sealed"/);
  expect(JSON.parse(line)).toMatchObject({
    clientId: app.credentials.clientId,
    fingerprint: app.sealed!.fingerprint,
  });
});

test('--sealed-only holds until it is taken back: an App that typed the first twelve characters is refused', async () => {
  const [, code] = await ended(['relay-pair', '--code-only']);
  const unsealed = await pair(relay.url, code.trim().slice(0, 17));
  expect(await unsealed.call('chat.send', { message: 'plain' })).toEqual({ said: 'plain' });
  await connector.stop();
  for (const args of [['--sealed-only'], [], ['--no-sealed-only']]) {
    connector = run(['relay', '--json', ...args]);
    await connector.line(/"connected"/);
    const said = unsealed.call('chat.send', { message: 'plain' }).catch(({ code }) => code);
    expect(await said).toEqual(args[0]?.startsWith('--no') ? { said: 'plain' } : 'seal_required');
    expect(await app.call('chat.send', { message: 'sealed' })).toEqual({ said: 'sealed' });
    if (!args[0]?.startsWith('--no')) await connector.stop();
  }
  await unsealed.unpair();
});

test('a second relay-pair gives another code, and the Apps stay paired', async () => {
  const [, text] = await ended(['relay-pair']);
  expect(text).toContain('Known already.');
  const code = /AT(-\w{4}){4}/.exec(text)![0];
  expect(text).toContain(`or open ${relay.url}/app#${code}`);
  // The picture is for a terminal.
  expect(text).not.toContain('▀');
  expect(await app.call('chat.send', { message: 'still' })).toEqual({ said: 'still' });
});

test('pair leaves a descriptor that whoever types the code gets', async () => {
  const args = ['pair', '--endpoint', 'http://192.168.1.7:8080/rpc', '--name', 'Desk', '--code-only'];
  const [code, text] = await ended(args);
  expect(code).toBe(0);
  const { body } = await request(relay.url, 'POST /api/runtime-pairings/redeem', {
    body: { pairingCode: text.trim() },
  });
  expect(body.descriptor).toMatchObject({ displayName: 'Desk', endpoint: 'http://192.168.1.7:8080/rpc' });
});

test('a service is shown before anything is written', async () => {
  const [code, text] = await ended(['service', 'install', '--print']);
  const supported = ['linux', 'darwin'].includes(process.platform);
  expect(code).toBe(supported ? 0 : 1);
  if (supported) expect(text).toContain('/opt/agenttown.js');
});

test('a revoked phone is out, and unpair ends the rest', async () => {
  await ended(['clients', 'revoke', app.credentials.clientId]);
  await expect(app.call('agenttown.status')).rejects.toMatchObject({ name: 'Unauthorized' });
  const { gatewayId } = await home.identity();
  const [code, text] = await ended(['unpair']);
  expect([code, text]).toEqual([0, expect.stringContaining('no App reaches it')]);
  // The connector meets a server that knows it no more, and is registered anew: with a code to show.
  await connector.line(/"identity-lost"/);
  await connector.line(/"accessCode":"AT-/);
  expect((await home.identity()).gatewayId).not.toBe(gatewayId);
});

test.each<[string[], string]>([
  [['relay-pair', '--exec', 'true'], 'Say where the relay is: --agenttown-url <url>'],
  [['relay-pair', '--agenttown-url', 'nowhere', '--exec', 'true'], 'serverUrl must be an http or https URL.'],
  [
    ['relay-pair', '--agenttown-url', 'http://127.0.0.1:9', '--exec', 'true'],
    'http://127.0.0.1:9 could not be reached.',
  ],
  [['relay-pair', '--agenttown-url', 'http://127.0.0.1:9'], 'Say where the agent is'],
  [['relay-pair', '--exec', 'a', '--endpoint', 'http://b'], 'Give --exec or --endpoint, not both.'],
  [['relay-pair', '--endpoint', 'file:///etc/passwd'], '--endpoint must be an http, https, ws or wss URL.'],
  [['relay', '--exec', 'true', '--allow', 'a b;c'], '--allow takes names of methods'],
  [['relay'], 'Nothing is paired here yet'],
  [['clients'], 'Nothing is paired here yet'],
  [['revoke'], "unknown command 'revoke'"],
])('%j ends with a sentence', async (args, sentence) => {
  home = new Home({ AGENTTOWN_HOME: join(folder, 'empty') });
  const [code, text] = await ended(args);
  expect([code, text]).toEqual([1, expect.stringContaining(sentence)]);
  expect(text).not.toMatch(/^\s+at /m);
});

test('a wrong registration token is said to be one, and not shown', async () => {
  home = new Home({ AGENTTOWN_HOME: join(folder, 'wrong') });
  const args = ['relay-pair', '--agenttown-url', relay.url, '--exec', 'true'];
  const [code, text] = await ended(args, { AGENTTOWN_PAIRING_TOKEN: 'a-wrong-registration-token' });
  expect([code, text]).toEqual([1, expect.stringContaining('set AGENTTOWN_PAIRING_TOKEN')]);
  expect(text).not.toContain('a-wrong');
});
