/** Two implementations meet: the library's App, and the runtime in Python that knows nothing of the library. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pair } from 'agenttown-relay-client/app';
import { sealApp } from 'agenttown-relay-client/sealed';
import { type Relay, registrationToken, startRelay } from '../../../support/relay';

const python = '/usr/bin/python3';
const canRun = spawnSync(python, ['-c', 'import cryptography, websockets']).status === 0;
if (!canRun) console.warn('This machine has no python3-cryptography or no python3-websockets.');
const script = join(__dirname, '..', '..', '..', '..', 'examples', 'runtime.py');

let relay: Relay;
let folder: string;
let child: ChildProcess;
let lines: string[] = [];
let waiting: Array<() => void> = [];

function start(): void {
  lines = [];
  const env = {
    ...process.env,
    AGENTTOWN_PAIRING_TOKEN: registrationToken,
    AGENTTOWN_RUNTIME_FILE: join(folder, 'runtime.json'),
  };
  child = spawn(python, [script, relay.url], { env });
  for (const input of [child.stdout!, child.stderr!])
    createInterface({ input }).on('line', (line) => {
      lines.push(line);
      for (const wake of waiting.splice(0)) wake();
    });
}

async function line(pattern: RegExp): Promise<string> {
  for (;;) {
    const found = lines.map((each) => pattern.exec(each)).find((match) => match !== null);
    if (found) return found[1]!;
    await new Promise<void>((resolve) => {
      waiting = [...waiting, resolve];
    });
  }
}

async function end(): Promise<void> {
  const closed = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await closed;
}

beforeAll(async () => {
  relay = await startRelay();
  folder = mkdtempSync(join(tmpdir(), 'python-'));
});
afterAll(async () => {
  await relay.stop();
  rmSync(folder, { recursive: true });
});

test.each(canRun ? ['examples/runtime.py'] : [])(
  'an App pairs with %s, sealed, and calls it before and after its restart',
  async () => {
    start();
    try {
      const app = await pair(relay.url, await line(/Code for the App: (\S+)/), { seal: sealApp() });
      expect(app.sealed!.fingerprint).toBe(await line(/Sealed: (\S+)/));
      expect(await app.call('echo', { say: 'Grüße', long: 'x'.repeat(100_000) })).toMatchObject({
        say: 'Grüße',
      });
      const counted: unknown[] = [];
      for await (const step of app.stream('count', { to: 2 })) counted.push(step);
      expect(counted).toEqual([{ n: 1 }, { n: 2 }]);
      expect(await app.call('count', {}).catch((error) => error.code)).toBe(-32602);
      await end();
      start();
      await line(/Code for the App: (\S+)/);
      expect(await app.call('echo', 'after')).toBe('after');
      expect(relay.logged.join('\n')).not.toContain('Grüße');
      app.close();
    } finally {
      await end();
    }
  },
);
