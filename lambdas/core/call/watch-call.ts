/**
 * Waiting for the end of a call. Whoever waits may end it: the function that opened it, or any that joined it later,
 * so a call does not depend on its first function. A read that fails is no news; the deadline holds in any case.
 */

import { unauthorized } from '../pairing/gateways';
import type { CallWorld } from './deliver-call';
import { cancelIfRevoked, endCall } from './end-call';
import { EndsWatch, type EndsWatchOptions } from './ends-watch';
import type { Places } from './places';
import type { FollowedCall, ProgressRef } from './ports';
import { ProgressOrder, restOfProgress } from './progress';
import { type CallEnd, isFollowed, type Progress, type StoredCall } from './states';
import { nextGapMs } from './waiting';

/** How a call is waited for. */
export interface WatchOptions extends EndsWatchOptions {
  /** What the waiter holds of its client's quota. */
  places: Pick<Places, 'takeWhenLong'>;
  /** Until when to wait, if not to the end. */
  untilMs?: number;
  /** Progress after this `seq` is wanted. */
  progressAfter?: number;
}

/**
 * Looks at a call until it has ended; on a stream each look gives the progress that is new. `pending` once `untilMs` is over. Throws
 * `unauthorized`, and cancels the call, once its client is none any more.
 */
export async function* watchCall(
  world: CallWorld,
  call: StoredCall,
  options: WatchOptions,
): AsyncGenerator<Progress[], CallEnd | 'pending'> {
  const { clock } = world;
  const isStream = options.progressAfter !== undefined;
  const follows = isStream && isFollowed(call);
  const order = new ProgressOrder(options.progressAfter);
  const ends = new EndsWatch(world, call, options);
  const startedAtMs = clock.now();
  const untilMs = Math.min(call.deadlineMs, options.untilMs ?? call.deadlineMs);
  if (call.end && !follows) return call.end;
  let { sentTo } = call;
  for (let looks = 0; ; looks++) {
    const waitedTo = clock.now();
    // What a stream missed is there already.
    const gapMs = follows && looks === 0 ? 0 : nextGapMs(waitedTo - startedAtMs, follows);
    await clock.sleep(Math.max(0, Math.min(gapMs, untilMs - waitedTo)));
    const [seen, sight] = await Promise.all([
      look(world, call, follows ? order.lastSeq : undefined),
      ends.look(sentTo),
      options.places.takeWhenLong().catch((error) => cancelIfRevoked(world, call, error)),
    ]);
    const now = clock.now();
    if (sight === 'revoked') await cancelIfRevoked(world, call, unauthorized());
    if (seen) {
      const stored = seen.call;
      if (stored?.nonce !== call.nonce) return endOfReplaced(stored, now);
      ({ sentTo } = stored);
      const { end } = stored;
      if (isStream && end) yield* restOfProgress(world, { ...stored, end }, order, seen.progress);
      else if (isStream) yield order.take(seen.progress, now);
      // Another waiter may have cancelled it because their client is none any more.
      if (end?.outcome === 'cancelled' && (await ends.isRevoked())) throw unauthorized();
      if (end) return end;
    }
    if (sight === 'away') return await endCall(world, call, options.ifGone, 'the end of its grace');
    if (now >= call.deadlineMs) {
      const outcome = (await ends.isRuntimeAway()) ? options.ifGone : 'timed-out';
      return await endCall(world, call, outcome, 'its deadline');
    }
    if (now >= untilMs) return 'pending';
  }
}

/** Only a call that ended unsent is replaced by another; one that is not there went with its gateway. */
function endOfReplaced(stored: StoredCall | undefined, atMs: number): CallEnd {
  return stored ? { outcome: 'offline', atMs, unsent: true } : { outcome: 'disconnected', atMs };
}

/** Undefined when the read failed. */
async function look(world: CallWorld, call: ProgressRef, afterSeq: number | undefined) {
  const now = world.clock.now();
  try {
    if (afterSeq !== undefined) return await world.calls.follow(call, afterSeq, now);
    const seen = await world.calls.read(call.callKey, now);
    return { progress: [], ...(seen ? { call: seen } : {}) } satisfies FollowedCall;
  } catch {
    return undefined;
  }
}
