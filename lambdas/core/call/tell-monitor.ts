/**
 * A call as the monitor tells it: request, command sent, message, end. All four are told by the function that waits
 * for the call, because it knows them all when the answer has left: a whole short call is then one write.
 */

import type { EventFacts, NewEvent } from '../monitor/monitor-events';
import { type ErrorCode, errorKinds } from '../wire/errors';
import { type OutcomeRule, outcomes } from '../wire/outcomes';
import { type CallEnd, frameIdOf, type OpenCall } from './states';

/** A client's request reached the relay; `joined` when it is the same as one that runs or ran already. */
export function callRequested(call: OpenCall, outcome?: 'joined'): NewEvent {
  return { type: 'relay.rpc.request', atMs: call.openedAtMs, outcome, ...factsOf(call) };
}

/** The command left for the runtime's socket. */
export function commandSent(call: OpenCall, command: string, atMs: number): NewEvent {
  return { type: 'relay.rpc.command_sent', atMs, bytes: Buffer.byteLength(command), ...factsOf(call) };
}

/** The request was refused before it became a call: its outcome is the code of the problem. */
export function callRefused(call: OpenCall, code: ErrorCode, atMs: number): NewEvent {
  const { status } = errorKinds[code];
  return { type: 'relay.rpc.error', atMs, outcome: code, status, ...factsOf(call) };
}

/** The call ended. The runtime's message, where it ended it, is measured when the event is written. */
export function callEnded(call: OpenCall, end: CallEnd): Array<NewEvent | (() => NewEvent)> {
  const { answer, atMs, outcome } = end;
  const { problem }: OutcomeRule = outcomes[outcome];
  const type = outcomes[outcome].event;
  const status = problem ? errorKinds[problem].status : 200;
  const durationMs = Math.max(0, atMs - call.openedAtMs);
  const ended: NewEvent = { type, atMs, outcome, status, durationMs, ...factsOf(call) };
  if (!answer) return [ended];
  const message = (): NewEvent => ({
    type: 'relay.websocket.message',
    atMs,
    bytes: Buffer.byteLength(JSON.stringify(answer)),
    ...factsOf(call),
  });
  return [message, ended];
}

function factsOf(call: OpenCall): EventFacts {
  const { gatewayId, clientId, method } = call;
  return { gatewayId, clientId, method, rpcId: frameIdOf(call) };
}
