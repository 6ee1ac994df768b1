import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { version } from '../../../package.json';
import { call, redeem, register } from '../../support/api';
import { registrationToken } from '../../support/relay';
import { echo, TestRuntime } from '../../support/runtime';
import { type Installed, installPacked } from '../../support/stack/packed';

let installed: Installed;
beforeAll(() => {
  installed = installPacked();
});
afterAll(() => installed.remove());

// A process of its own for each command, each of which reads its TypeScript anew: slow on a busy machine.
jest.setTimeout(60_000);

const environment = { ...process.env, AGENTTOWN_PAIRING_TOKEN: registrationToken, NO_COLOR: '1' };

/** Runs the command line from the empty folder, without a terminal. */
function run(...args: string[]) {
  return spawnSync(process.execPath, [installed.command, ...args], {
    cwd: installed.directory,
    env: environment,
    encoding: 'utf8',
  });
}

test('serves from an empty folder, and a runtime and an App meet there', async () => {
  const server = spawn(process.execPath, [installed.command, 'serve', '--port', '0'], {
    cwd: installed.directory,
    env: environment,
  });
  try {
    const url = await said(server, /public URL\s+(\S+)/);
    const registered = await register(url);
    expect(registered.relayUrl).toBe(`${url.replace('http', 'ws')}/relay/${registered.gatewayId}`);
    const runtime = await TestRuntime.connect(registered, echo);
    const app = await redeem(url, registered.accessCode);
    const { status, body } = await call(url, app, { method: 'echo', params: 'packed' });
    expect([status, body.result]).toEqual([200, 'packed']);
    await runtime.close();
  } finally {
    const ended = new Promise((resolve) => server.on('close', resolve));
    server.kill('SIGTERM');
    await ended;
  }
}, 120_000);

test.each([[], ['serve'], ['deploy'], ['upgrade'], ['status'], ['token'], ['destroy']])(
  'prints help: %s --help',
  (...command) => {
    const { status, stdout } = run(...command, '--help');
    expect([status, stdout]).toEqual([0, expect.stringContaining('Usage: agenttown-pairing-server')]);
  },
);

test('says its version', () => {
  expect(run('--version').stdout.trim()).toBe(version);
});

test.each<[string[], number, string]>([
  [['serve', '-c', 'edge=perhaps'], 1, 'The option edge must be "true" or "false".'],
  [['serve', '-c', 'ege=true'], 1, 'There is no option ege.'],
  [['deploy'], 2, 'There is no terminal to ask on: say --yes if you mean it.'],
  [['upgrade'], 2, 'There is no terminal to ask on: say --yes if you mean it.'],
  [['deploy', '--yes', '-c', 'edge'], 1, 'Write it as key=value.'],
  [
    ['deploy', '--yes', '-c', 'registration=perhaps'],
    1,
    'The option registration must be "token" or "open".',
  ],
  [['remove'], 1, "unknown command 'remove'"],
])('%j ends with a sentence and code %i', (args, code, sentence) => {
  const { status, stderr } = run(...args);
  expect(stderr).toContain(sentence);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(status).toBe(code);
});

/** Waits until a process has said something, and gives the first group of the pattern. */
function said(server: ChildProcess, pattern: RegExp): Promise<string> {
  let text = '';
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer) => {
      text += chunk;
      const [, found] = pattern.exec(text) ?? [];
      if (found) resolve(found);
    };
    server.stdout?.on('data', read);
    server.stderr?.on('data', read);
    server.on('close', (code) => reject(new Error(`ended with ${code}: ${text}`)));
  });
}
