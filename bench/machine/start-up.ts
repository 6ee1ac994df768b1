/** How long `npm start` takes on a warm checkout until the first 200 of `/health`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Figures } from '../figures/budgets';

const root = join(__dirname, '..', '..');
const limitMs = 60_000;

/** Starts the local host as `npm start` does, twice: the first start is what makes the checkout a warm one. */
export async function measureStartUp(): Promise<Figures> {
  const seconds = [await secondsToHealth(), await secondsToHealth()];
  return { startSeconds: Math.min(...seconds) };
}

/** Asks a fresh host until it answers. Throws when it does not. */
async function secondsToHealth(): Promise<number> {
  const port = await freePort();
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(root, 'local', 'main.ts'), '--port', String(port)],
    {
      cwd: root,
      env: { ...process.env, AGENTTOWN_PAIRING_TOKEN: 'registration-token-of-the-bench' },
      stdio: 'ignore',
    },
  );
  const exited = once(child, 'exit');
  try {
    while (performance.now() - startedAt < limitMs && child.exitCode === null) {
      if (await isHealthy(port)) return Math.round((performance.now() - startedAt) / 100) / 10;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`npm start did not answer /health within ${limitMs / 1000} s.`);
  } finally {
    child.kill('SIGTERM');
    await exited;
  }
}

async function isHealthy(port: number): Promise<boolean> {
  return await fetch(`http://127.0.0.1:${port}/health`).then(
    ({ status }) => status === 200,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
