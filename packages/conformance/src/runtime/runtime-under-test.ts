/** The runtime that is judged: something that is started anew for whoever wants one of its own, or somebody's that comes by itself. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCommand } from '../harness/command';
import { doubleToken, RelayDouble, type Weather } from './relay-double';

/** A runtime that was started. */
export interface Started {
  /** Its exit code, once it has ended. */
  ended: Promise<number | null>;
  /** Asks it to end, and makes it end where it does not. */
  end(): Promise<void>;
}

/** Starts a runtime with what it is given by environment. */
export type LaunchRuntime = (environment: Record<string, string>) => Started;

/** A running runtime and the relay that it was given. */
export interface Running {
  relay: RelayDouble;
  /** Its exit code, once it has ended. */
  ended: Promise<number | null>;
  /** Starts it once more on the same relay and state, after ending the first. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one with a relay and a folder for its state. */
export async function startRuntime(launch: LaunchRuntime, weather: Weather = {}): Promise<Running> {
  const relay = await RelayDouble.start(weather);
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
  const environment = {
    AGENTTOWN_PAIRING_URL: relay.url,
    AGENTTOWN_URL: relay.url,
    AGENTTOWN_PAIRING_TOKEN: doubleToken,
    AGENTTOWN_RUNTIME_FILE: join(folder, 'runtime.json'),
    AGENTTOWN_HOME: join(folder, 'home'),
  };
  let started = launch(environment);
  return {
    relay,
    get ended() {
      return started.ended;
    },
    async restart() {
      await started.end();
      started = launch(environment);
    },
    async stop() {
      await started.end();
      await relay.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A command as something to start. */
export function runtimeCommand(command: string): LaunchRuntime {
  return (environment) => startCommand(command, environment, ['ignore', 'ignore']);
}
