/** Dollars from metered units, the latency model's durations and the price table. */
import { nextGapMs, shortMs } from '../../lambdas/core/call/waiting';
import type { ActRow } from '../calls/call-report';
import type { Figures } from '../figures/budgets';
import { hops } from '../latency/hops';
import { simulate, simulatePush } from '../latency/latency-model';
import { schemes } from '../latency/waiting-schemes';
import type { GuardCost, PushPath } from '../metering/push-path';
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
  /** The same on an App's socket, its guard, and bytes that it logs. */
  push: { path: PushPath; guard: GuardCost; logBytes: number };
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
/** What a function takes that asks one table once: a reply's, a guard, the fan-out. */
const oneLookMs = hops.dynamodb.p50Ms + computeMs;
const samples = 2_000;
const fewSamples = 50;
/** How long runtimes take, in milliseconds: for calls that a function waits for, and for calls on sockets. */
const waitTimesMs = [100, 1_000, 10_000];
const pushTimesMs = [...waitTimesMs, 600_000];
/** SQS gives ten at a time: so many come together where guards come at some ten a second or more. */
const guardsTogether = 10;
/** The documented option of the function that waits. */
const lessMemoryMb = 256;
const minutesPerMonth = 30.4375 * 24 * 60;
/** How often a runtime says that it is alive, and how often it reconnects: `core/wire/limits.ts`. */
const keepaliveMinutes = 8;
const reconnectMinutes = 110;

/** Each line in dollars. */
export function costOf(basis: CostBasis): CostRow[] {
  const row = (what: string, usage: Usage): CostRow => ({ what, usage, dollars: dollarsOf(usage) });
  const millionOf = (what: string, usage: Usage) => row(`a million calls ${what}`, addUsage([usage, 1e6]));
  return [
    ...pushTimesMs.map((runtimeMs) =>
      millionOf(
        `on Apps' sockets to runtimes of ${runtimeMs / 1000} s`,
        pushUsage(basis, runtimeMs, guardsTogether),
      ),
    ),
    millionOf("on Apps' sockets, each guard alone: less than one a second", pushUsage(basis, 1_000, 1)),
    ...waitTimesMs.map((runtimeMs) =>
      millionOf(`by HTTP to runtimes of ${runtimeMs / 1000} s`, callUsage(basis, runtimeMs)),
    ),
    millionOf('by HTTP, streamed, to runtimes of 600 s', callUsage(basis, 600_000, { follows: true })),
    ...waitTimesMs.map((runtimeMs) =>
      millionOf(
        `by HTTP to runtimes of ${runtimeMs / 1000} s, \`-c rpcMemoryMb=${lessMemoryMb}\``,
        callUsage(basis, runtimeMs, { memoryMb: lessMemoryMb }),
      ),
    ),
    row('a connected runtime for a month, no calls', runtimeMonth(basis)),
    ...(basis.viewer
      ? [row('a viewer on the monitor stream, per hour, no events', viewerHour(basis, basis.viewer))]
      : []),
    row('a viewer on the monitor socket, per hour, no events', { connectionMinute: 60 }),
    row('a fresh deployment for a month, idle', basis.monthly),
    row('the metrics of calls for a month, with calls in every hour', { metricMonth: basis.metricsOfCalls }),
  ];
}

/** The budgets that the prices decide. */
export function costFigures(basis: CostBasis): Figures {
  const dollars = (usage: Usage) => Math.round(dollarsOf(addUsage([usage, 1e6])) * 100) / 100;
  return {
    pushDollars: Math.max(...pushTimesMs.map((ms) => dollars(pushUsage(basis, ms, guardsTogether)))),
    httpDollars: dollars(callUsage(basis, 1_000, { memoryMb: lessMemoryMb })),
  };
}

/** One call by HTTP: its request, two functions, two messages, its units and its logs. */
function callUsage(
  basis: CostBasis,
  runtimeMs: number,
  { memoryMb = basis.memoryMb, follows = false } = {},
): Usage {
  const { path, acts, logBytesPerCall, platformLogBytes, fanOut } = basis;
  const gap = follows ? (waitedMs: number) => nextGapMs(waitedMs, true) : schemes.relay;
  const { whole, reads } = simulate(gap, runtimeMs, runtimeMs > 60_000 ? fewSamples : samples);
  const waiterMs = whole.mean - hops.invocation.p50Ms;
  const fanOutMs = oneLookMs * fanOut.invocations;
  const watchReads = Math.floor(runtimeMs / 1_000);
  const slow = acts.find(({ name }) => name === slowCall)?.sums;
  // Taken and given back; the act of a second is over before.
  const placeUnits = follows || runtimeMs > shortMs ? 2 : 0;
  const writeUnits = (runtimeMs >= 1_000 && slow ? slow.writeUnits : path.sums.writeUnits) + placeUnits;
  const invocations = path.invocations + fanOut.invocations;
  return {
    restRequest: 1,
    socketMessage: 2,
    invocation: invocations,
    gbSecond: gbSeconds(waiterMs, memoryMb) + gbSeconds(oneLookMs + fanOutMs, basis.memoryMb),
    writeUnit: writeUnits + fanOut.writeUnits,
    readUnit: path.sums.readUnits - path.waitReads + reads.mean + watchReads + fanOut.readUnits,
    logByte: logBytesPerCall + invocations * platformLogBytes,
  };
}

/** One call on an App's socket: four messages, two functions, its guard, its units and its logs, however long it takes. */
function pushUsage(basis: CostBasis, runtimeMs: number, guardsAtOnce: number): Usage {
  const { push, memoryMb, platformLogBytes, fanOut } = basis;
  const { path, guard } = push;
  const { added } = simulatePush(runtimeMs, samples);
  // Two invocations' way to their functions is not theirs; the events are written after the answer.
  const busyMs = added.mean - 2 * hops.invocation.p50Ms + 2 * computeMs + hops.dynamodb.p50Ms;
  const guardMs = oneLookMs / guardsAtOnce;
  const fanOutMs = oneLookMs * fanOut.invocations;
  const invocations = path.invocations + 1 / guardsAtOnce + fanOut.invocations;
  return {
    socketMessage: 4,
    invocation: invocations,
    gbSecond: gbSeconds(busyMs + guardMs + fanOutMs, memoryMb),
    writeUnit: path.sums.writeUnits + fanOut.writeUnits,
    readUnit: path.sums.readUnits + guard.readUnits + fanOut.readUnits,
    // Sent alone; received and deleted together.
    queueRequest: 1 + 2 / guardsAtOnce,
    logByte: push.logBytes + invocations * platformLogBytes,
  };
}

function gbSeconds(ms: number, memoryMb: number): number {
  return (ms / 1_000) * (memoryMb / 1024);
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
