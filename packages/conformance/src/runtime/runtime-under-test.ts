/** The runtime that is judged: a command, started anew for whoever wants one of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { doubleToken, RelayDouble, type Weather } from './relay-double';

/** A running runtime and the relay that it was given. */
export interface Running {
  relay: RelayDouble;
  /** Its exit code, once it has ended. */
  ended: Promise<number | null>;
  /** Starts the command once more on the same relay and state, after ending the first. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a command with a relay and a folder for its state. */
export async function startRuntime(command: string, weather: Weather = {}): Promise<Running> {
  const relay = await RelayDouble.start(weather);
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
  let child = start(command, relay.url, folder);
  let ended = endOf(child);
  return {
    relay,
    get ended() {
      return ended;
    },
    async restart() {
      kill(child, 'SIGTERM');
      await ended;
      child = start(command, relay.url, folder);
      ended = endOf(child);
    },
    async stop() {
      kill(child, 'SIGTERM');
      const late = setTimeout(() => kill(child, 'SIGKILL'), 3_000);
      await ended;
      clearTimeout(late);
      await relay.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function start(command: string, url: string, folder: string): ChildProcess {
  return spawn(command, {
    shell: true,
    // A group of its own, so that what the shell started ends with it.
    detached: true,
    stdio: ['ignore', 'ignore', process.env.CONFORMANCE_SHOW ? 'inherit' : 'ignore'],
    env: {
      ...process.env,
      AGENTTOWN_PAIRING_URL: url,
      AGENTTOWN_URL: url,
      AGENTTOWN_PAIRING_TOKEN: doubleToken,
      AGENTTOWN_RUNTIME_FILE: join(folder, 'runtime.json'),
      AGENTTOWN_HOME: join(folder, 'home'),
    },
  });
}

const endOf = (child: ChildProcess) =>
  new Promise<number | null>((resolve) =>
    child.on('close', (code) => resolve(code)).on('error', () => resolve(null)),
  );

function kill({ pid, exitCode }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined || exitCode !== null) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
