/** One RPC under the meter: what stands before its command and after its reply. */
import type { MeteredCall } from '../../local/types';
import { call, type Paired, type Registered } from '../../test/support/api';
import { household } from '../../test/support/household';
import type { OnCommand, TestRuntime } from '../../test/support/runtime';
import type { Figures } from '../figures/budgets';
import { callsInSequence, sumCalls } from './call-sequence';
import type { Measured, MeteredRelay } from './metered-relay';

/** A runtime and its App. */
export interface Pair {
  registered: Registered;
  runtime: TestRuntime;
  app: Paired;
}

/** The path of one call. */
export interface RpcPath {
  /** AWS calls in sequence of the waiting function, before it posts the command. */
  beforeCommand: number;
  /**
   * AWS calls in sequence from the reply's arrival until it stands in the table, and those of the waiting function
   * between the read that found it and the answer.
   */
  afterReply: number;
  /** Reads of the waiting function. */
  waitReads: number;
  /** Without the calls of functions that table streams invoke. */
  sums: ReturnType<typeof sumCalls>;
  /** Runs of functions that a request or a frame caused. */
  invocations: number;
  measured: Measured;
}

/** Every AWS call takes this long here, so that calls side by side overlap and calls in sequence do not. */
const delayMs = 25;

/** Registers a runtime that answers at once, and pairs an App with it. */
export async function pairUp(
  relay: MeteredRelay,
  onCommand: OnCommand = () => ({ ok: true }),
): Promise<Pair> {
  const pair = await household(relay.url, onCommand);
  await relay.settled();
  return pair;
}

/** Makes one call and follows it. */
export async function followRpc(relay: MeteredRelay, { app, runtime }: Pair): Promise<RpcPath> {
  let repliedAt = 0;
  runtime.socket.once('message', () => {
    repliedAt = performance.now();
  });
  const measured = await disturbed(relay, () =>
    relay.measure(async () => {
      const answer = await call(relay.url, app, { method: 'bench', params: { n: 1 } });
      if (answer.status !== 200) throw new Error(`The call was answered with ${answer.status}.`);
    }),
  );
  const own = measured.calls.filter(({ caller }) => !relay.streamed.has(caller));
  const post = own.find(({ operation }) => operation === 'PostToConnection');
  if (!post) throw new Error('The call posted no command.');
  const waiting = own.filter(({ caller }) => caller === post.caller);
  const closing = own.find(
    (each) => each.caller !== post.caller && each.startedAt >= repliedAt && isCloseOf(each),
  );
  if (!closing) throw new Error('No call closed the RPC.');
  const found = waiting.findLast(
    ({ operation, startedAt, endedAt }) =>
      operation === 'GetItem' && startedAt > post.endedAt && endedAt <= measured.answeredAt,
  );
  const untilClosed = own.filter(
    ({ caller, startedAt, endedAt }) =>
      caller === closing.caller && startedAt >= repliedAt && endedAt <= closing.endedAt,
  );
  const untilAnswered = waiting.filter(
    ({ startedAt, endedAt }) => found && startedAt >= found.endedAt && endedAt <= measured.answeredAt,
  );
  return {
    beforeCommand: callsInSequence(waiting.filter(({ endedAt }) => endedAt <= post.startedAt)),
    afterReply: callsInSequence(untilClosed) + callsInSequence(untilAnswered),
    waitReads: waiting.filter(
      ({ operation, startedAt }) => operation === 'GetItem' && startedAt > post.endedAt,
    ).length,
    sums: sumCalls(own, measured.answeredAt),
    invocations: measured.invocations.filter(
      ({ functionLogicalId }) => !relay.streamed.has(functionLogicalId),
    ).length,
    measured,
  };
}

/** Follows calls one after the other. */
export async function followRpcs(
  relay: MeteredRelay,
  pair: Pair,
  count = 3,
): Promise<[RpcPath, ...RpcPath[]]> {
  const paths: [RpcPath, ...RpcPath[]] = [await followRpc(relay, pair)];
  while (paths.length < count) paths.push(await followRpc(relay, pair));
  return paths;
}

/**
 * The budgets that the path of a call decides: the least of several calls, since a busy machine can stretch one so
 * much that its events are written in two parts. What a change adds, it adds to every call.
 */
export function figuresOf(paths: readonly RpcPath[]): Figures {
  const least = (figure: (path: RpcPath) => number) => Math.min(...paths.map(figure));
  return {
    callsBeforeCommand: least(({ beforeCommand }) => beforeCommand),
    callsAfterReply: least(({ afterReply }) => afterReply),
    writeUnitsPerRpc: least(({ sums }) => sums.writeUnits),
  };
}

/** Runs an act while every AWS call takes the same time. */
export async function disturbed<T>(relay: MeteredRelay, act: () => Promise<T>): Promise<T> {
  relay.host.aws.disturb = () => [{ kind: 'delay', ms: delayMs }];
  try {
    return await act();
  } finally {
    relay.host.aws.disturb = undefined;
  }
}

function isCloseOf({ operation, resources }: MeteredCall): boolean {
  return /^(UpdateItem|TransactWriteItems)$/.test(operation) && resources.some((id) => /Rpcs/.test(id));
}
