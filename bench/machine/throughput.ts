/** Calls a second on this machine: the whole relay on the local host, beside the least that a relay can be. */
import { redeem, register } from '../../test/support/api';
import { spreadOf } from '../figures/statistics';
import { startChild } from './child-process';
import { callAll, callOnSocket, connectAll, type Target } from './load';

/** One relay under load. */
export interface LoadRow {
  callsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Of its process, after the load. */
  memoryMb: number;
  /** Of a single caller after the load, by HTTP. */
  aloneP50Ms: number;
}

/** Both relays with so many runtimes connected. */
export interface ThroughputRow {
  runtimes: number;
  callers: number;
  localHost: LoadRow;
  /** Of a single App on its socket, after the load. */
  aloneOnSocketP50Ms: number;
  memoryRelay: LoadRow;
  /** Calls a second of the memory relay over those of the local host. */
  ratio: number;
}

const callers = 16;

/** Loads both relays with each number of runtimes, for `ms` each, and then lets a single caller call. */
export async function measureThroughput(
  assemblyDirectory: string,
  counts: readonly number[],
  ms: number,
  progress: (text: string) => void,
): Promise<ThroughputRow[]> {
  const rows: ThroughputRow[] = [];
  for (const runtimes of counts) {
    progress(`${runtimes} runtimes on the local host`);
    let aloneOnSocketP50Ms = 0;
    const localHost = await loadRelay(
      runtimes,
      ms,
      ['host-process', [assemblyDirectory]],
      registeredTargets,
      async (target) => {
        aloneOnSocketP50Ms = spreadOf(await callOnSocket(target, ms / 2)).p50;
      },
    );
    progress(`${runtimes} runtimes on the memory relay`);
    const memoryRelay = await loadRelay(runtimes, ms, ['memory-relay', []], unregisteredTargets);
    const ratio = memoryRelay.callsPerSecond / localHost.callsPerSecond;
    rows.push({ runtimes, callers, localHost, aloneOnSocketP50Ms, memoryRelay, ratio });
  }
  return rows;
}

async function loadRelay(
  runtimes: number,
  ms: number,
  child: Parameters<typeof startChild>,
  targetsOf: (url: string, count: number) => Promise<Target[]>,
  afterwards: (target: Target) => Promise<void> = async () => {},
): Promise<LoadRow> {
  const relay = await startChild(...child);
  try {
    const targets = await targetsOf(relay.ready, runtimes);
    const disconnectAll = await connectAll(targets);
    // A server runs for weeks: what the engine of JavaScript compiles in the first seconds is none of its speed.
    await callAll(relay.ready, targets, { ms: 2 * ms, callers });
    const { callsPerSecond, times } = await callAll(relay.ready, targets, { ms, callers });
    const memoryMb = await relay.memoryMb();
    const alone = await callAll(relay.ready, targets, { ms: ms / 2, callers: 1 });
    await afterwards(targets[0]!);
    disconnectAll();
    const { p50: p50Ms, p99: p99Ms } = spreadOf(times);
    return { callsPerSecond, p50Ms, p99Ms, memoryMb, aloneP50Ms: spreadOf(alone.times).p50 };
  } finally {
    await relay.stop();
  }
}

async function registeredTargets(url: string, count: number): Promise<Target[]> {
  const targets: Target[] = [];
  let left = count;
  const registrar = async () => {
    while (left > 0) {
      left -= 1;
      const { gatewayId, relayUrl, relaySecret, accessCode } = await register(url);
      const { clientToken } = await redeem(url, accessCode);
      targets.push({ gatewayId, relayUrl, relaySecret, clientToken });
    }
  };
  await Promise.all(Array.from({ length: 8 }, registrar));
  return targets;
}

async function unregisteredTargets(url: string, count: number): Promise<Target[]> {
  return Array.from({ length: count }, (_, n) => ({
    gatewayId: `gw_${n}`,
    relayUrl: `${url.replace('http', 'ws')}/relay?gatewayId=gw_${n}`,
    relaySecret: 'none',
    clientToken: 'none',
  }));
}
