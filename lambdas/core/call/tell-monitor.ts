/**
 * A call as the monitor tells it: request, command sent, progress, message, end. All are told by the function that waits
 * for the call, because it knows them all when the answer has left: a whole short call is then one write.
 */

import type { EventFacts, NewEvent } from '../monitor/monitor-events';
import type { Recorder } from '../monitor/ports';
import { markTold } from '../monitor/refusals';
import type { Gateway } from '../pairing/ports';
import { ApiError, errorKinds } from '../wire/errors';
import { type OutcomeRule, outcomes } from '../wire/outcomes';
import type { Clock } from '../wire/ports';
import { type CallEnd, frameIdOf, type OpenCall, type Progress, type StoredCall } from './states';

/** Whose call it is, by the names that its gateway registered with. */
export type Named = Pick<Gateway, 'displayName' | 'runtimeType'>;

/** Progress of a call is told at most so often. */
export const progressEveryMs = 1_000;

/** A client's request reached the relay; `joined` when it is the same as one that runs or ran already. */
export function callRequested(call: OpenCall, named: Named, outcome?: 'joined'): () => NewEvent {
  return () => ({
    type: 'relay.rpc.request',
    atMs: call.openedAtMs,
    outcome,
    bytesIn: bytesInOf(call),
    ...factsOf(call, named),
  });
}

/** The command left for the runtime's socket. */
export function commandSent(call: OpenCall, named: Named, bytes: number, atMs: number): NewEvent {
  return {
    type: 'relay.rpc.command_sent',
    atMs,
    bytes,
    ...factsOf(call, named),
  };
}

/** The runtime reported steps: how many so far, and which was the last. */
export function callProgressed(call: OpenCall, named: Named, count: number, last: Progress): NewEvent {
  const detail = `last seq ${last.seq}`;
  return { type: 'relay.rpc.progress', atMs: last.atMs, progress: count, detail, ...factsOf(call, named) };
}

/**
 * The refusal of a request whose id belongs to a call of another method or other params. It is told as the end of a call that
 * never was one: its outcome is the code of the problem.
 */
export function idempotencyConflict(
  { recorder, clock }: { recorder: Recorder; clock: Clock },
  call: OpenCall,
  named: Named,
): ApiError {
  const code = 'idempotency_conflict';
  const error = new ApiError(code, 'This id was used for a call with another method or other params.');
  markTold(error);
  const { status } = errorKinds[code];
  const atMs = clock.now();
  recorder.record({
    type: 'relay.rpc.error',
    atMs,
    outcome: code,
    errorCode: code,
    status,
    ...factsOf(call, named),
  });
  return error;
}

/** The call ended, after so many steps of progress. What is measured is measured when the event is written. */
export function callEnded(
  call: OpenCall,
  named: Named,
  end: CallEnd,
  steps = 0,
): Array<NewEvent | (() => NewEvent)> {
  const { answer, atMs, outcome, cause } = end;
  const { problem }: OutcomeRule = outcomes[outcome];
  const facts = factsOf(call, named);
  const ended = (): NewEvent => ({
    type: outcomes[outcome].event,
    atMs,
    outcome,
    errorCode: answer && 'error' in answer ? String(answer.error.code) : problem,
    status: problem ? errorKinds[problem].status : 200,
    durationMs: Math.max(0, atMs - call.openedAtMs),
    bytesIn: bytesInOf(call),
    bytesOut: answer && bytesOf('error' in answer ? answer.error : answer.result),
    progress: steps > 0 ? steps : undefined,
    detail: cause && `ended by ${cause}`,
    ...facts,
  });
  const message = (): NewEvent => ({
    type: 'relay.websocket.message',
    atMs,
    bytes: bytesOf(answer),
    ...facts,
  });
  return answer ? [message, ended] : [ended];
}

/** The whole story of a call for which nobody waited, as whoever ends it finds it in its row. */
export function wholeCall(call: StoredCall, end: CallEnd): Array<NewEvent | (() => NewEvent)> {
  const { toTell, sentTo, openedAtMs, told = -1 } = call;
  if (!toTell) return [];
  return [
    callRequested(call, toTell),
    ...(sentTo === undefined ? [] : [commandSent(call, toTell, toTell.commandBytes, openedAtMs)]),
    ...callEnded(call, toTell, end, told + 1),
  ];
}

function bytesInOf({ params, toTell }: OpenCall): number | undefined {
  return toTell ? toTell.bytesIn : bytesOf(params);
}

function factsOf(call: OpenCall, { displayName, runtimeType }: Named): EventFacts {
  const { gatewayId, clientId, method } = call;
  return { gatewayId, displayName, runtimeType, clientId, method, rpcId: frameIdOf(call) };
}

function bytesOf(value: unknown): number | undefined {
  return value === undefined ? undefined : Buffer.byteLength(JSON.stringify(value));
}
