/**
 * A call as the monitor tells it: request, command sent, message, end. All four are told by the function that waits
 * for the call, because it knows them all when the answer has left: a whole short call is then one write.
 */

import type { EventFacts, EventType, NewEvent } from '../monitor/monitor-events';
import { type ErrorCode, errorKinds } from '../wire/errors';
import { type CallEnd, frameIdOf, type OpenCall, type Outcome } from './states';

const endings: Record<Outcome, { type: EventType; outcome: string; status: number }> = {
  answered: { type: 'relay.rpc.success', outcome: 'success', status: 200 },
  'runtime-error': { type: 'relay.rpc.error', outcome: 'error', status: 200 },
  offline: { type: 'relay.rpc.offline', outcome: 'offline', status: errorKinds.runtime_offline.status },
  disconnected: {
    type: 'relay.rpc.disconnected',
    outcome: 'disconnected',
    status: errorKinds.runtime_disconnected.status,
  },
  'timed-out': { type: 'relay.rpc.timeout', outcome: 'timeout', status: errorKinds.rpc_timeout.status },
  cancelled: { type: 'relay.rpc.cancelled', outcome: 'cancelled', status: 200 },
  'too-large': { type: 'relay.rpc.error', outcome: 'too-large', status: errorKinds.payload_too_large.status },
};

/** A client's request reached the relay; `joined` when it is the same as one that runs or ran already. */
export function callRequested(call: OpenCall, outcome?: 'joined'): NewEvent {
  return { type: 'relay.rpc.request', atMs: call.openedAtMs, outcome, ...factsOf(call) };
}

/** The command left for the runtime's socket. */
export function commandSent(call: OpenCall, command: string, atMs: number): NewEvent {
  return { type: 'relay.rpc.command_sent', atMs, bytes: Buffer.byteLength(command), ...factsOf(call) };
}

/** The call was refused before any command was sent. */
export function callRefused(call: OpenCall, code: ErrorCode, atMs: number): NewEvent {
  const { status } = errorKinds[code];
  return { type: 'relay.rpc.error', atMs, outcome: code, status, ...factsOf(call) };
}

/** The call ended. The runtime's message, where it ended it, is measured when the event is written. */
export function callEnded(call: OpenCall, end: CallEnd): Array<NewEvent | (() => NewEvent)> {
  const { answer, atMs } = end;
  const { type, outcome, status } = endings[end.outcome];
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
