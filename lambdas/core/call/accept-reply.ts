/** What a runtime says about a call: who may say it, once, and before the deadline. */

import type { NewEvent } from '../monitor/monitor-events';
import type { GatewayStore } from '../pairing/ports';
import type { Connection, ConnectionStore } from '../presence/ports';
import type { RuntimeAnswer } from '../wire/frames';
import { limits } from '../wire/limits';
import type { CallStore } from './ports';
import { type CallEnd, endOf, frameIdOf, isFollowed, readFrameId } from './states';

/** What hearing a runtime needs. */
export interface ReplyWorld {
  calls: CallStore;
  connections: ConnectionStore;
  gateways: GatewayStore;
}

/** Why a reply did or did not count. */
export type ReplyOutcome = 'ended' | 'unknown-call' | 'already-ended' | 'late' | 'foreign' | 'dead-socket';

/**
 * Ends a call with a reply on a socket. The usual reply comes from the very socket that the command went to: one
 * conditional write, which a rotation takes away from it (`CallStore.withdraw`). From another socket it takes a read of
 * whose socket that is, and one of the gateway, which must still name it.
 */
export async function acceptReply(
  world: ReplyWorld,
  connectionId: string,
  reply: { id: string; answer: RuntimeAnswer },
  nowMs: number,
): Promise<ReplyOutcome> {
  const ref = readFrameId(reply.id);
  if (!ref) return 'unknown-call';
  const end = endOf(reply.answer, nowMs);
  const first = await world.calls.end(ref, end, { connectionId });
  if (first === 'ended') return 'ended';
  const call = first.refused;
  if (!call || frameIdOf(call) !== reply.id) return 'unknown-call';
  const connection = await world.connections.read(connectionId, nowMs);
  if (connection?.role !== 'runtime' || connection.gatewayId !== call.gatewayId) return 'foreign';
  if (call.end) return 'already-ended';
  if (nowMs >= call.deadlineMs) return 'late';
  const gateway = await world.gateways.read(call.gatewayId);
  if (!gateway?.sockets.some((socket) => socket.connectionId === connectionId)) return 'dead-socket';
  const second = await world.calls.end(ref, end, { gatewayId: connection.gatewayId });
  return second === 'ended' ? 'ended' : 'already-ended';
}

/** Ends a call with a reply that came by HTTP. The call is read first: a reply that does not count costs no parts. */
export async function acceptLargeReply(
  world: Pick<ReplyWorld, 'calls'>,
  gatewayId: string,
  frameId: string,
  end: CallEnd,
): Promise<Exclude<ReplyOutcome, 'dead-socket'>> {
  const ref = readFrameId(frameId);
  const call = ref && (await world.calls.read(ref.callKey, end.atMs));
  if (!call || frameIdOf(call) !== frameId) return 'unknown-call';
  if (call.gatewayId !== gatewayId) return 'foreign';
  if (call.end) return 'already-ended';
  if (end.atMs >= call.deadlineMs) return 'late';
  return (await world.calls.end(ref, end, { gatewayId })) === 'ended' ? 'ended' : 'already-ended';
}

const rejections: Record<Exclude<ReplyOutcome, 'ended'>, string> = {
  'unknown-call': 'No command had this id.',
  'already-ended': 'The call had ended before.',
  late: 'The call was past its deadline.',
  foreign: 'The command went to another gateway.',
  'dead-socket': 'The socket counts for nothing any more.',
};

/** A reply that did not count, as the monitor tells it; `sender` is the socket's row, where there is one. */
export function replyRejected(
  outcome: Exclude<ReplyOutcome, 'ended'>,
  frameId: string,
  sender: Pick<Connection, 'gatewayId'> | undefined,
  bytes: number,
): NewEvent {
  const detail = rejections[outcome];
  const rpcId = readFrameId(frameId) ? frameId : undefined;
  return { type: 'relay.rpc.reply_rejected', gatewayId: sender?.gatewayId, rpcId, outcome, bytes, detail };
}

/** What became of progress. `unwatched`: nobody follows this call. `over-limit`: too large, or too many. */
export type ProgressOutcome = 'added' | 'repeated' | 'unwatched' | 'over-limit' | 'unknown-call' | 'foreign';

/** Keeps progress for whoever follows the call: one write, and none where nobody does. */
export async function acceptProgress(
  world: ReplyWorld,
  connection: Connection,
  progress: { id: string; seq: number; data: unknown },
  nowMs: number,
): Promise<ProgressOutcome> {
  const ref = readFrameId(progress.id);
  if (!ref) return 'unknown-call';
  if (!isFollowed(ref)) return 'unwatched';
  if (connection.role !== 'runtime') return 'foreign';
  const bytes = Buffer.byteLength(JSON.stringify(progress.data));
  if (progress.seq > limits.maxProgressSeq || bytes > limits.maxProgressBytes) return 'over-limit';
  const { seq, data } = progress;
  // The gateway stands in the row: a reader takes only what the call's own gateway said.
  return await world.calls.addProgress(ref, connection.gatewayId, { seq, data, atMs: nowMs });
}
