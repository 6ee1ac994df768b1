import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { version } from '../../../package.json';
import { registrationToken } from '../../support/relay';
import { type Installed, installPacked } from '../../support/stack/packed';

let installed: Installed;
beforeAll(() => {
  installed = installPacked();
});
afterAll(() => installed.remove());

// A process of its own for each command, each of which reads its TypeScript anew: slow on a busy machine.
jest.setTimeout(60_000);

/** An account that is only named: nothing here gets as far as asking it. */
const environment = {
  ...process.env,
  AGENTTOWN_PAIRING_TOKEN: registrationToken,
  NO_COLOR: '1',
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'nobody',
  AWS_SECRET_ACCESS_KEY: 'nothing',
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  AWS_MAX_ATTEMPTS: '1',
};

/** Runs the command line from the empty folder, without a terminal. */
function run(args: string[], more: Record<string, string> = {}) {
  return spawnSync(process.execPath, [installed.command, ...args], {
    cwd: installed.directory,
    env: { ...environment, ...more },
    encoding: 'utf8',
  });
}

/** Starts a program of the package from the empty folder. */
function start(args: string[], more: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, args, { cwd: installed.directory, env: { ...environment, ...more } });
}

/** Ends a process, where it has not ended by itself. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.on('close', resolve));
  child.kill('SIGTERM');
  await ended;
}

test('serves from an empty folder, and its example runtime and App meet there', async () => {
  const server = start([installed.command, 'serve', '--port', '0']);
  const children = [server];
  try {
    const url = await said(server, /public URL\s+(\S+)/);
    const runtime = start([join(installed.examples, 'runtime.mjs'), url]);
    children.unshift(runtime);
    const code = await said(runtime, /Code for the App: (\S+)[\s\S]*Connected/);
    const app = start([join(installed.examples, 'app.mjs'), code, 'echo', '"packed"'], {
      AGENTTOWN_PAIRING_URL: url,
    });
    children.unshift(app);
    expect(JSON.parse(await said(app, /^(".*")$/m))).toBe('packed');
  } finally {
    await Promise.all(children.map(stop));
  }
}, 120_000);

test.each([[], ['serve'], ['deploy'], ['upgrade'], ['status'], ['token'], ['destroy']])(
  'prints help: %s --help',
  (...command) => {
    const { status, stdout } = run([...command, '--help']);
    expect([status, stdout]).toEqual([0, expect.stringContaining('Usage: agenttown-pairing-server')]);
    expect(stdout).not.toContain('npm start');
  },
);

test('says its version', () => {
  expect(run(['--version']).stdout.trim()).toBe(version);
});

test.each<[string[], number, string]>([
  [['serve', '--port', '0', '-c', 'edge=perhaps'], 1, 'The option edge must be "true" or "false".'],
  [['serve', '--port', '0', '-c', 'ege=true'], 1, 'There is no option ege.'],
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
  const { status, stderr } = run(args);
  expect(stderr).toContain(sentence);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(status).toBe(code);
});

test.each(['deploy', 'status', 'token', 'destroy'])(
  '%s without an account says which flag or variable names one, before anything else',
  (command) => {
    const nobody = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', HOME: installed.directory };
    const { status, stdout, stderr } = run([command, ...(command === 'deploy' ? ['--yes'] : [])], {
      ...nobody,
      AWS_EC2_METADATA_DISABLED: 'true',
    });
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^No AWS credentials were found: say --profile, or set AWS_PROFILE, .*\n$/);
  },
);

test('what a command says of AWS is one line, and no warning of the SDK', () => {
  const { status, stderr } = run(['status']);
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(/^AWS could not be asked about AgentTownPairing: .*\n$/),
  ]);
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
