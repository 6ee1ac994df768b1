/** The command of `npm start`, as a process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const root = join(__dirname, '..', '..', '..');

interface Started {
  child: ChildProcess;
  output: () => string;
  /** Settles with the exit code. */
  ended: Promise<number | null>;
  /** Waits until the output has this. */
  says(pattern: RegExp): Promise<string>;
}

function start(args: string[], environment: Record<string, string> = {}): Started {
  const { AGENTTOWN_PAIRING_TOKEN: _, ...inherited } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', 'local/main.ts', ...args], {
    cwd: root,
    env: { ...inherited, ...environment },
  });
  let text = '';
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const says = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const [found] = pattern.exec(text) ?? [];
        if (found !== undefined) resolve(found);
      };
      for (const stream of [child.stdout, child.stderr]) stream.on('data', look);
      void ended.then(() => reject(new Error(`It ended without saying ${pattern}:\n${text}`)));
      look();
    });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (text += data));
  return { child, output: () => text, ended, says };
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  'it serves, says that registration is open, and ends on %s with 0',
  async (signal) => {
    const { child, says, ended, output } = start(['--port', '0']);
    const url = await says(/http:\/\/127\.0\.0\.1:\d+/);
    await says(/registration is open/i);
    const health = await fetch(`${url}/health`);
    expect(health.status).toBe(200);
    child.kill(signal);
    expect([await ended, output()]).toEqual([0, expect.not.stringContaining('    at ')]);
  },
);

test('a port in use is one sentence and a failure', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { ended, output } = start(['--port', String(port)]);
  expect(await ended).toBe(1);
  expect(output()).toContain(String(port));
  expect(output()).not.toContain('    at ');
  server.close();
});

test.each([
  [['-c', 'accessCodeTtlSeconds=x'], {}, 1, 'The option accessCodeTtlSeconds must be a whole number'],
  [['--host', '0.0.0.0'], {}, 2, 'registration=open'],
  [['--port', 'eighty'], {}, 2, 'port'],
  [[], { AGENTTOWN_PAIRING_TOKEN: 'short' }, 2, '16 characters'],
])('a wrong request is one sentence and a failure: %j %j', async (args, environment, code, sentence) => {
  const { ended, output } = start(['--port', '0', ...args], environment);
  expect(await ended).toBe(code);
  expect(output()).toContain(sentence);
  expect(output()).not.toContain('    at ');
});
