/** Dollars from metered units, the latency model's durations and the price table. */
import type { ActRow } from '../calls/call-report';
import { hops } from '../latency/hops';
import { simulate } from '../latency/latency-model';
import { schemes } from '../latency/waiting-schemes';
import type { RpcPath } from '../metering/rpc-path';
import { slowCall } from '../scenarios/calling';
import { addUsage, dollarsOf, type Usage } from './prices';

/** What the calculation starts from, as metered. */
export interface CostBasis {
  path: RpcPath;
  acts: readonly ActRow[];
  memoryMb: number;
  /** Bytes that the functions log for one call. */
  logBytesPerCall: number;
  /** Bytes that Lambda itself logs for one run. */
  platformLogBytes: number;
  /** What table streams made functions do for one call. */
  fanOut: { invocations: number; readUnits: number; writeUnits: number };
  /** Custom metrics that answered calls write. */
  metricsOfCalls: number;
  /** An open monitor stream, per second. */
  viewer: { readUnitsPerSecond: number; writeUnitsPerSecond: number } | undefined;
  /** Resources of the template that cost by the month. */
  monthly: Usage;
}

/** A line of the cost section. */
export interface CostRow {
  what: string;
  usage: Usage;
  dollars: number;
}

/** What a warm function computes beside its waiting, about. */
const computeMs = 3;
const samples = 2_000;
const minutesPerMonth = 30.4375 * 24 * 60;
/** How often a runtime says that it is alive, and how often it reconnects: `core/wire/limits.ts`. */
const keepaliveMinutes = 4;
const reconnectMinutes = 110;

/** Each line in dollars. */
export function costOf(basis: CostBasis): CostRow[] {
  const row = (what: string, usage: Usage): CostRow => ({ what, usage, dollars: dollarsOf(usage) });
  const calls = [100, 1_000, 10_000].map((runtimeMs) =>
    row(`a million calls to runtimes of ${runtimeMs / 1000} s`, addUsage([callUsage(basis, runtimeMs), 1e6])),
  );
  return [
    ...calls,
    row('a connected runtime for a month, no calls', runtimeMonth(basis)),
    ...(basis.viewer
      ? [row('a viewer on the monitor stream, per hour, no events', viewerHour(basis, basis.viewer))]
      : []),
    row('a viewer on the monitor socket, per hour, no events', { connectionMinute: 60 }),
    row('a fresh deployment for a month, idle', basis.monthly),
    row('the metrics of calls for a month, with calls in every hour', { metricMonth: basis.metricsOfCalls }),
  ];
}

/** One call: its request, two functions, two messages, its units and its logs. */
function callUsage(basis: CostBasis, runtimeMs: number): Usage {
  const { path, acts, memoryMb, logBytesPerCall, platformLogBytes, fanOut } = basis;
  const { whole, reads } = simulate(schemes.relay, runtimeMs, samples);
  const waiterMs = whole.mean - hops.invocation.p50Ms;
  const replyMs = hops.dynamodb.p50Ms + computeMs;
  const fanOutMs = (hops.dynamodb.p50Ms + computeMs) * fanOut.invocations;
  const watchReads = Math.floor(runtimeMs / 1_000);
  const slow = acts.find(({ name }) => name === slowCall)?.sums;
  const writeUnits = runtimeMs >= 1_000 && slow ? slow.writeUnits : path.sums.writeUnits;
  const invocations = path.invocations + fanOut.invocations;
  return {
    restRequest: 1,
    socketMessage: 2,
    invocation: invocations,
    gbSecond: ((waiterMs + replyMs + fanOutMs) / 1_000) * (memoryMb / 1024),
    writeUnit: writeUnits + fanOut.writeUnits,
    readUnit: path.sums.readUnits - path.waitReads + reads.mean + watchReads + fanOut.readUnits,
    logByte: logBytesPerCall + invocations * platformLogBytes,
  };
}

function runtimeMonth(basis: CostBasis): Usage {
  const ping = actUsage(basis, 'socket: relay.ping', { socketMessage: 2 });
  const connect = actUsage(basis, 'socket: a runtime connects');
  const disconnect = actUsage(basis, 'socket: a runtime disconnects');
  return addUsage(
    [{ connectionMinute: minutesPerMonth }, 1],
    [ping, minutesPerMonth / keepaliveMinutes],
    [addUsage([connect, 1], [disconnect, 1]), minutesPerMonth / reconnectMinutes],
  );
}

/** One event of a socket: one short invocation and its units. */
function actUsage({ acts, memoryMb, platformLogBytes }: CostBasis, name: string, more: Usage = {}): Usage {
  const sums = acts.find((act) => act.name === name)?.sums;
  if (!sums) throw new Error(`The cost needs the act ${name}, which was not metered.`);
  const ms = sums.inAll * hops.dynamodb.p50Ms + computeMs;
  return {
    ...more,
    invocation: 1,
    gbSecond: (ms / 1_000) * (memoryMb / 1024),
    readUnit: sums.readUnits,
    writeUnit: sums.writeUnits,
    logByte: platformLogBytes,
  };
}

function viewerHour(
  { memoryMb, platformLogBytes }: CostBasis,
  viewer: NonNullable<CostBasis['viewer']>,
): Usage {
  return {
    // A stream ends itself after two minutes.
    restRequest: 30,
    invocation: 30,
    gbSecond: 3_600 * (memoryMb / 1024),
    readUnit: viewer.readUnitsPerSecond * 3_600,
    writeUnit: viewer.writeUnitsPerSecond * 3_600,
    logByte: 30 * platformLogBytes,
  };
}
