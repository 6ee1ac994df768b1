/** Progress of a call. Whoever may not report on this very call writes nothing. */

import { stepsUntilMs } from '../call/progress';
import { frameIdOf, isCallOf, isFollowed, readFrameId, type StoredCall } from '../call/states';
import type { Connection } from '../presence/ports';
import { tellProgress } from '../push/tell-progress';
import { limits } from '../wire/limits';
import { isSealed } from '../wire/sealed';
import type { ReplyWorld } from './accept-reply';

/** What became of progress. `unwatched`: nobody follows this call. `over-limit`: too large, or too many. */
export type ProgressOutcome =
  | 'added'
  | 'repeated'
  | 'unwatched'
  | 'over-limit'
  | 'unknown-call'
  | 'ended'
  | 'foreign'
  | 'dead-socket';

/** The call that a socket may report on, or why it may not. */
export type ReportRight = StoredCall | Exclude<ProgressOutcome, 'added' | 'repeated' | 'over-limit'>;

/** Keeps progress for whoever follows the call: one write. The right to report is read once in a while, not each time. */
export async function acceptProgress(
  world: ReplyWorld,
  connection: Connection,
  progress: { id: string; seq: number; data: unknown },
  nowMs: number,
): Promise<ProgressOutcome> {
  const key = `${connection.connectionId} ${progress.id}`;
  const right = await world.memory.reporters.recall(key, nowMs, () =>
    rightToReport(world, connection, progress.id, nowMs),
  );
  if (typeof right === 'string') return right;
  if (nowMs >= right.deadlineMs) return 'ended';
  const bytes = Buffer.byteLength(JSON.stringify(progress.data));
  const maxBytes = isSealed(progress.data) ? limits.maxSealedProgressBytes : limits.maxProgressBytes;
  if (progress.seq > limits.maxProgressSeq || bytes > maxBytes) return 'over-limit';
  const { seq, data } = progress;
  const added = await world.calls.addProgress(right, { seq, data, atMs: nowMs });
  // It is stored: should this go wrong, the next step or the end tells it.
  if (right.listeners && added === 'added') await tellProgress(world, right).catch(() => {});
  return added;
}

async function rightToReport(
  world: ReplyWorld,
  { connectionId, role, gatewayId }: Connection,
  frameId: string,
  nowMs: number,
): Promise<ReportRight> {
  const ref = readFrameId(frameId);
  if (!ref) return 'unknown-call';
  // Of other gateways' calls nothing is even read.
  if (role !== 'runtime' || !isCallOf(ref, gatewayId)) return 'foreign';
  if (!isFollowed(ref)) return 'unwatched';
  const call = await world.calls.state(ref.callKey, nowMs);
  if (!call || frameIdOf(call) !== frameId) return 'unknown-call';
  if (call.gatewayId !== gatewayId) return 'foreign';
  if (call.end && nowMs >= stepsUntilMs(call)) return 'ended';
  if (call.sentTo === connectionId) return call;
  const gateway = await world.gateways.read(gatewayId);
  return gateway?.sockets.some((socket) => socket.connectionId === connectionId) ? call : 'dead-socket';
}
