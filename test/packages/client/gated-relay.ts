/** A relay behind a network that can fail, which can itself be restarted, with or without its data. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../local/tables/engine';
import { Gate } from '../../support/gate';
import { type Relay, type RelayOptions, startRelay } from '../../support/relay';

/** The relay and its network. */
export interface GatedRelay {
  /** Through the network. */
  url: string;
  gate: Gate;
  relay(): Relay;
  /** Stops the relay and starts it again. */
  restart(how: 'with-data' | 'without-data'): Promise<void>;
  stop(): Promise<void>;
}

/** Starts both. */
export async function startGatedRelay(options: RelayOptions = {}): Promise<GatedRelay> {
  const gate = await Gate.start();
  const directory = mkdtempSync(join(tmpdir(), 'gated-'));
  gate.port = await freePort();
  let lives = 0;
  const start = () => {
    const dbFile = join(directory, `relay-${lives}.db`);
    return startRelay({ port: gate.port, publicUrl: gate.url, dbFile, ...options });
  };
  let relay = await start();
  return {
    url: gate.url,
    gate,
    relay: () => relay,
    async restart(how) {
      gate.weather = 'shut';
      await relay.stop();
      if (how === 'without-data') lives++;
      relay = await start();
      gate.weather = 'fair';
    },
    async stop() {
      await relay.stop();
      await gate.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
