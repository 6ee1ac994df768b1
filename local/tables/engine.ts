/** The DynamoDB engine's process: dynoxide, from the npm package of this platform, or any endpoint named by the user. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type Socket } from 'node:net';
import { dirname, join } from 'node:path';

/** A running engine. */
export interface Engine {
  url: string;
  /** Started here, not named by a user. */
  isOurs: boolean;
  /** Ends the process: SIGTERM, and SIGKILL after two seconds. */
  stop(): Promise<void>;
}

/** How an engine is started. All but the file are arguments for tests. */
export interface EngineOptions {
  /** Where tables are kept; in memory when left out. */
  dbFile?: string | undefined;
  platform?: string;
  env?: Record<string, string | undefined>;
  /** Chooses a port to try. */
  choosePort?: () => Promise<number>;
}

const START_TIMEOUT_MS = 10_000;
const KILL_AFTER_MS = 2_000;
/** Another process may take the port between our choice and the engine's bind. */
const PORT_ATTEMPTS = 5;

/** Starts dynoxide, or returns the endpoint of `AWS_ENDPOINT_URL_DYNAMODB`. Throws one sentence when neither is there. */
export async function startEngine(options: EngineOptions = {}): Promise<Engine> {
  const env = options.env ?? process.env;
  const given = env.AWS_ENDPOINT_URL_DYNAMODB;
  if (given) return { url: given, isOurs: false, stop: async () => {} };
  const binary = engineBinary(options.platform ?? `${process.platform}-${process.arch}`);
  let lastError = '';
  for (let attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
    const port = await (options.choosePort ?? freePort)();
    const outcome = await launch(binary, port, options.dbFile);
    if (typeof outcome !== 'string') return outcome;
    lastError = outcome;
    if (!/already in use/.test(outcome)) break;
  }
  throw new Error(`The DynamoDB engine did not start: ${lastError}`);
}

/** The engine's binary for a platform such as `linux-x64`. Throws one sentence that names the way out. */
export function engineBinary(platform: string): string {
  const name = `@dynoxide/${platform}`;
  try {
    const manifest = require.resolve(`${name}/package.json`);
    return join(dirname(manifest), platform.startsWith('win32') ? 'dynoxide.exe' : 'dynoxide');
  } catch {
    throw new Error(
      `The DynamoDB engine for this platform, the npm package ${name}, is not installed: ` +
        'install it, or set AWS_ENDPOINT_URL_DYNAMODB to the URL of any other DynamoDB-compatible engine.',
    );
  }
}

/** A port of the loopback address that nobody listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.on('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => done((address as { port: number }).port));
    });
  });
}

/** Resolves with the engine once it listens, or with what it said when it gave up. */
function launch(binary: string, port: number, dbFile: string | undefined): Promise<Engine | string> {
  const place = dbFile === undefined ? [] : ['--db-path', dbFile];
  // Detached: Ctrl-C reaches the whole process group, and functions that finish then still need their tables.
  const child = spawn(binary, ['serve', '--port', String(port), ...place], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
    windowsHide: true,
  });
  const guard = guardAgainstOrphan(child);
  const killNow = () => child.kill('SIGKILL');
  process.once('exit', killNow);
  child.once('exit', () => {
    process.removeListener('exit', killNow);
    guard?.kill('SIGKILL');
  });
  return new Promise((done) => {
    let said = '';
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      done(`it did not listen within ${START_TIMEOUT_MS} ms. ${said}`.trim());
    }, START_TIMEOUT_MS);
    const settle = (outcome: Engine | string) => {
      clearTimeout(timer);
      done(outcome);
    };
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk;
      // The engine's own line is the proof: an answer on the port might come from another process.
      if (/listening on/i.test(said))
        settle({ url: `http://127.0.0.1:${port}`, isOurs: true, stop: () => stop(child) });
    });
    child.once('error', (error) => settle(error.message));
    child.once('exit', () => settle(said.trim() || 'it ended at once.'));
  });
}

/**
 * A shell that ends the engine when this process dies without a word: its stdin, a pipe that only we hold,
 * then closes. There is no such shell on Windows, where the engine may outlive a killed host.
 */
function guardAgainstOrphan(child: ChildProcess): ChildProcess | undefined {
  if (process.platform === 'win32' || child.pid === undefined) return undefined;
  const guard = spawn('/bin/sh', ['-c', `cat >/dev/null; kill -TERM ${child.pid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.on('error', () => {});
  guard.unref();
  (guard.stdin as Socket).unref();
  return guard;
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) return done();
    const timer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
    child.once('exit', () => {
      clearTimeout(timer);
      done();
    });
    child.kill('SIGTERM');
  });
}
