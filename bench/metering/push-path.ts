/** A call on an App's socket under the meter: what stands before its command and after its reply, its guard, and who waits. */
import { setTimeout as pause } from 'node:timers/promises';
import { call, type Paired } from '../../test/support/api';
import { TestRuntime } from '../../test/support/runtime';
import type { Figures } from '../figures/budgets';
import { callsInSequence, sumCalls } from './call-sequence';
import type { Measured, MeteredRelay } from './metered-relay';
import { disturbed, type Pair, pairUp } from './rpc-path';

/** A runtime that answers when it is told to, and its App on a socket. */
export interface PushPair extends Pair {
  socket: TestRuntime;
}

/** The path of one call. */
export interface PushPath {
  /** AWS calls in sequence until the command has left, the post included. */
  beforeCommand: number;
  /** The same from the reply's arrival until the answer has left. */
  afterReply: number;
  /** Without functions that queues and table streams invoke. */
  sums: ReturnType<typeof sumCalls>;
  invocations: number;
  measured: Measured;
}

/** What the guard of one call costs. */
export interface GuardCost {
  /** Sending it, and its share of receiving and deleting. */
  queueRequests: number;
  readUnits: number;
  invocations: number;
  /** How many came at a time, in the mean. */
  together: number;
}

/** How many guards are metered, how soon they are due, and how long they are waited for, in milliseconds. */
const guards = 20;
const guardAfterMs = 2_000;
const patienceMs = 60_000;

let serial = 0;

/** Pairs an App that has its socket open, and has called once. */
export async function pairOnSocket(relay: MeteredRelay): Promise<PushPair> {
  const pair = await pairUp(relay, () => undefined);
  const socket = await TestRuntime.connectApp(pair.app);
  const paired = { ...pair, socket };
  await callOnSocket(paired, { runtimeMs: 0 });
  await relay.settled();
  return paired;
}

/** Calls, lets the runtime take its time, and gives the moment of its reply. */
export async function callOnSocket(
  { socket, runtime }: PushPair,
  { runtimeMs, timeoutMs }: { runtimeMs: number; timeoutMs?: number },
): Promise<number> {
  const method = `bench-${++serial}`;
  const id = `${method} ${runtimeMs}`;
  socket.send({ jsonrpc: '2.0', id, method, params: { n: 1 }, meta: { timeoutMs } });
  const command = await runtime.command(method);
  await pause(runtimeMs);
  const repliedAt = performance.now();
  runtime.reply(command.id, { ok: true });
  const answer = await socket.frame((frame) => frame.type === 'res' && frame.id === id);
  if (!answer.ok) throw new Error(`The call was answered with ${JSON.stringify(answer.error)}.`);
  return repliedAt;
}

/** Makes one call and follows it. */
export async function followPush(relay: MeteredRelay, pair: PushPair): Promise<PushPath> {
  let repliedAt = 0;
  const measured = await disturbed(relay, () =>
    relay.measure(async () => {
      repliedAt = await callOnSocket(pair, { runtimeMs: 50 });
    }),
  );
  const own = measured.calls.filter(({ caller }) => !relay.streamed.has(caller));
  const [command, answer] = own.filter(({ operation }) => operation === 'PostToConnection');
  if (!command || !answer) throw new Error('The call posted no command, or no answer.');
  return {
    beforeCommand: callsInSequence(own.filter(({ endedAt }) => endedAt <= command.endedAt)),
    afterReply: callsInSequence(
      own.filter(({ startedAt, endedAt }) => startedAt >= repliedAt && endedAt <= answer.endedAt),
    ),
    sums: sumCalls(own, measured.answeredAt),
    invocations: measured.invocations.filter(
      ({ functionLogicalId }) => !relay.streamed.has(functionLogicalId),
    ).length,
    measured,
  };
}

async function until(isSo: () => boolean): Promise<void> {
  for (const startedAt = performance.now(); !isSo(); await pause(20))
    if (performance.now() - startedAt > patienceMs) throw new Error('The guards did not come.');
}

/** Makes calls whose guards come soon after their answers, all at about the same time. */
export async function meterGuards(relay: MeteredRelay, pair: PushPair): Promise<GuardCost> {
  const waiting = () => relay.host.aws.messages('GuardQueue');
  // The guard that the runtime's coming sent has gone.
  await until(() => !waiting().some((body) => body.includes('"came"')));
  const before = new Set(waiting());
  const { calls } = await relay.measure(async () => {
    const asked = Array.from({ length: guards }, () =>
      callOnSocket(pair, { runtimeMs: 0, timeoutMs: guardAfterMs }),
    );
    await Promise.all(asked);
    await until(() => waiting().every((body) => before.has(body)));
  });
  const ofQueue = (operation: RegExp) =>
    calls.filter((each) => each.service === 'sqs' && operation.test(each.operation)).length;
  const deletes = ofQueue(/^DeleteMessage/);
  if (deletes === 0) throw new Error('No guard came.');
  const looks = calls.filter(({ caller, service }) => /^Guard/.test(caller) && service === 'dynamodb');
  return {
    // A batch that is deleted was received once.
    queueRequests: (ofQueue(/^SendMessage/) + 2 * deletes) / guards,
    readUnits: looks.reduce((sum, { readUnits }) => sum + readUnits, 0) / guards,
    invocations: deletes / guards,
    together: guards / deletes,
  };
}

/** How many functions run while `count` calls of either way wait for their runtimes. */
export async function countRunning(
  relay: MeteredRelay,
  pair: PushPair,
  count: number,
): Promise<{ http: number; socket: number }> {
  const waitFor = async (ask: (app: Paired, n: number) => Promise<unknown>) => {
    const before = pair.runtime.frames.length;
    const commands = () => pair.runtime.frames.slice(before).filter(({ type }) => type === 'req');
    const answers = Array.from({ length: count }, (_, n) => ask(pair.app, n));
    await pair.runtime.frame(() => commands().length === count);
    const running = await leastRunning(relay);
    for (const { id } of commands()) pair.runtime.reply(id, 'done');
    await Promise.all(answers);
    await relay.settled();
    return running;
  };
  return {
    http: await waitFor((app) => call(relay.url, app, { method: 'wait' })),
    socket: await waitFor((_, n) => pair.socket.ask(`wait-${n}`)),
  };
}

/** What opened the calls is done within moments, if it does not wait: the least of a second. */
async function leastRunning(relay: MeteredRelay): Promise<number> {
  let least = relay.running();
  for (
    const startedAt = performance.now();
    least > 0 && performance.now() - startedAt < 1_000;
    await pause(20)
  )
    least = Math.min(least, relay.running());
  return least;
}

/** The budgets that the path decides: the least of several calls, since a busy machine can stretch one. */
export function pushFigures(paths: readonly PushPath[], guard: GuardCost, running: number): Figures {
  const least = (figure: (path: PushPath) => number) => Math.min(...paths.map(figure));
  return {
    pushCallsBeforeCommand: least(({ beforeCommand }) => beforeCommand),
    pushCallsAfterReply: least(({ afterReply }) => afterReply),
    pushWriteUnits: least(({ sums }) => sums.writeUnits),
    pushReadUnits: least(({ sums }) => sums.readUnits) + guard.readUnits,
    pushRunning: running,
  };
}

/** The path, the guards and the waiting of calls on an App's socket, and their budgets. */
export interface PushMetered {
  paths: [PushPath, ...PushPath[]];
  guard: GuardCost;
  running: { http: number; socket: number };
  figures: Figures;
}

/** Meters all of it. */
export async function meterPush(relay: MeteredRelay, waiting = 20): Promise<PushMetered> {
  const pair = await pairOnSocket(relay);
  const paths: [PushPath, ...PushPath[]] = [await followPush(relay, pair)];
  while (paths.length < 3) paths.push(await followPush(relay, pair));
  const guard = await meterGuards(relay, pair);
  const running = await countRunning(relay, pair, waiting);
  await Promise.all([pair.runtime.close(), pair.socket.close()]);
  return { paths, guard, running, figures: pushFigures(paths, guard, running.socket) };
}
