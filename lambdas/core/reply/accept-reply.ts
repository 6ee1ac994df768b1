/** What a runtime says about a call: who may say it, once, and before the deadline. */

import { type CallEnd, type CallRef, endOf, isCallOf, readFrameId, type StoredCall } from '../call/states';
import type { NewEvent } from '../monitor/monitor-events';
import type { GatewayStore } from '../pairing/ports';
import type { Connection, ConnectionStore } from '../presence/ports';
import type { TellingWorld } from '../push/world';
import type { RuntimeReply } from '../wire/frames';
import type { CallMemory } from './call-memory';

/** What hearing a runtime needs. */
export interface ReplyWorld extends TellingWorld {
  connections: ConnectionStore;
  gateways: GatewayStore;
  memory: CallMemory;
}

/** Why a reply did or did not count. */
export type ReplyOutcome = 'ended' | 'unknown-call' | 'already-ended' | 'late' | 'foreign' | 'dead-socket';
type Refusal = Exclude<ReplyOutcome, 'ended'>;

/**
 * Ends a call with a reply on a socket. The usual reply comes from the very socket that the command went to: one
 * conditional write, which a rotation takes away from it (`CallStore.withdraw`). From another socket it takes a read of
 * whose socket that is, and one of the gateway, which must still name it. Of a socket that is known, a reply to another
 * gateway's call costs nothing, and neither does one that was refused before.
 */
export async function acceptReply(
  world: ReplyWorld,
  connectionId: string,
  reply: RuntimeReply & { id: string },
  nowMs: number,
): Promise<ReplyOutcome> {
  const ref = readFrameId(reply.id);
  if (!ref) return 'unknown-call';
  const key = `${connectionId} ${reply.id}`;
  const { refusals } = world.memory;
  const known = world.connections.known?.(connectionId, nowMs);
  const refused = refusals.get(key, nowMs) ?? (known && !isHeard(known, ref) ? 'foreign' : undefined);
  if (refused) return refused;
  const outcome = await endByReply(world, connectionId, ref, endOf(reply, nowMs));
  return outcome === 'ended' ? outcome : refusals.set(key, outcome, nowMs);
}

/** Only a runtime is heard, and only about the calls of its own gateway. */
function isHeard({ role, gatewayId }: Connection, ref: CallRef): boolean {
  return role === 'runtime' && isCallOf(ref, gatewayId);
}

async function endByReply(
  world: ReplyWorld,
  connectionId: string,
  ref: CallRef,
  end: CallEnd,
): Promise<ReplyOutcome> {
  const first = await world.calls.end(ref, end, { connectionId });
  if ('ended' in first) return 'ended';
  const connection = await world.connections.read(connectionId, end.atMs);
  if (!connection || !isHeard(connection, ref)) return 'foreign';
  const { gatewayId } = connection;
  const refusal = refusalOf(first.refused, ref, gatewayId, end.atMs);
  if (refusal) return refusal;
  const gateway = await world.gateways.read(gatewayId);
  if (!gateway?.sockets.some((socket) => socket.connectionId === connectionId)) return 'dead-socket';
  return await endByGateway(world, gatewayId, ref, end);
}

/** Ends a call with a reply that came by HTTP, on the word of the gateway's secret. */
export async function acceptLargeReply(
  world: Pick<ReplyWorld, 'calls'>,
  gatewayId: string,
  frameId: string,
  end: CallEnd,
): Promise<Exclude<ReplyOutcome, 'dead-socket'>> {
  const ref = readFrameId(frameId);
  if (!ref) return 'unknown-call';
  return isCallOf(ref, gatewayId) ? await endByGateway(world, gatewayId, ref, end) : 'foreign';
}

async function endByGateway(
  world: Pick<ReplyWorld, 'calls'>,
  gatewayId: string,
  ref: CallRef,
  end: CallEnd,
): Promise<Exclude<ReplyOutcome, 'dead-socket'>> {
  const written = await world.calls.end(ref, end, { gatewayId });
  if ('ended' in written) return 'ended';
  return refusalOf(written.refused, ref, gatewayId, end.atMs) ?? 'already-ended';
}

/** Why a gateway's word ends nothing, by the call as it stands; undefined where it should have. */
function refusalOf(
  call: StoredCall | undefined,
  { nonce }: CallRef,
  gatewayId: string,
  nowMs: number,
): Exclude<Refusal, 'dead-socket'> | undefined {
  if (call?.nonce !== nonce) return 'unknown-call';
  if (call.gatewayId !== gatewayId) return 'foreign';
  if (call.end) return 'already-ended';
  return nowMs >= call.deadlineMs ? 'late' : undefined;
}

const rejections: Record<Refusal, string> = {
  'unknown-call': 'No command had this id.',
  'already-ended': 'The call had ended before.',
  late: 'The call was past its deadline.',
  foreign: 'The command went to another gateway.',
  'dead-socket': 'The socket counts for nothing any more.',
};

/** Replies that did not count, as the monitor tells them; `sender` is the socket's row, where there is one. */
export function replyRejected(
  outcome: Refusal,
  frameId: string,
  sender: Pick<Connection, 'gatewayId'> | undefined,
  { bytes, count }: { bytes: number; count: number },
): NewEvent {
  const detail = rejections[outcome];
  const rpcId = readFrameId(frameId) ? frameId : undefined;
  return {
    type: 'relay.rpc.reply_rejected',
    gatewayId: sender?.gatewayId,
    rpcId,
    outcome,
    bytes,
    detail,
    ...(count > 1 ? { count } : {}),
  };
}
