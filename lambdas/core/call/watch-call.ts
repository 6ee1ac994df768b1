/**
 * Waiting for the end of a call. Whoever waits may end it: the function that opened it, or any that joined it later,
 * so a call does not depend on its first function. A read that fails is no news; the deadline holds in any case.
 */

import type { Gateway } from '../pairing/ports';
import { probeSocket } from '../presence/presence';
import { eventFrame } from '../wire/frames';
import { limits } from '../wire/limits';
import type { Outcome } from '../wire/outcomes';
import type { CallWorld } from './deliver-call';
import type { FollowedCall, ProgressRef } from './ports';
import { ProgressOrder } from './progress-order';
import {
  type CallEnd,
  type CallRef,
  endAsOf,
  frameIdOf,
  isFollowed,
  type Progress,
  type StoredCall,
} from './states';
import { nextGapMs, probeEveryMs, watchEveryMs } from './waiting';

/** How a call is waited for. */
export interface WatchOptions {
  /** Its outcome when the runtime stays away for the grace. */
  ifGone: Extract<Outcome, 'offline' | 'disconnected'>;
  /** Until when to wait, if not to the end. */
  untilMs?: number;
  /** Progress after this `seq` is wanted. */
  progressAfter?: number;
  /** The command may not have arrived: a runtime that can ask for it is told so when it comes back. */
  unsure?: boolean;
}

/** Looks at a call until it has ended; each look gives the progress that is new. `pending` once `untilMs` is over. */
export async function* watchCall(
  world: CallWorld,
  call: StoredCall,
  options: WatchOptions,
): AsyncGenerator<Progress[], CallEnd | 'pending'> {
  const { clock } = world;
  const follows = options.progressAfter !== undefined && isFollowed(call);
  const order = new ProgressOrder(options.progressAfter);
  const runtime = new RuntimeWatch(world, call, options);
  const startedAtMs = clock.now();
  const untilMs = Math.min(call.deadlineMs, options.untilMs ?? call.deadlineMs);
  if (call.end && !follows) return call.end;
  for (let looks = 0; ; looks++) {
    const waitedTo = clock.now();
    // What a stream missed is there already.
    const gapMs = follows && looks === 0 ? 0 : nextGapMs(waitedTo - startedAtMs, follows);
    await clock.sleep(Math.max(0, Math.min(gapMs, untilMs - waitedTo)));
    const [seen, away] = await Promise.all([
      look(world, call, follows ? order.lastSeq : undefined),
      runtime.isAwayForGood(),
    ]);
    const now = clock.now();
    if (seen) {
      const stored = seen.call;
      if (stored?.nonce !== call.nonce) return endOfReplaced(stored, now);
      yield order.take(seen.progress, now, stored.end !== undefined);
      if (stored.end) return stored.end;
    }
    if (away) return await endCall(world, call, options.ifGone);
    if (now >= call.deadlineMs) {
      return await endCall(world, call, (await runtime.isAway()) ? options.ifGone : 'timed-out');
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

/** How often an end is written before the caller is told that nobody knows, and how long to wait in between. */
const endTries = 4;
const endPauseMs = 150;

/**
 * Ends a call on the waiter's word; a reply that came first wins. Where the table cannot be written, only a timeout is
 * certain nevertheless, by its deadline: for any other word this throws, and the caller asks again.
 */
export async function endCall(
  world: Pick<CallWorld, 'calls' | 'clock'>,
  call: CallRef,
  outcome: Outcome,
): Promise<CallEnd> {
  const end: CallEnd = { outcome, atMs: world.clock.now() };
  for (let tries = 1; ; tries++) {
    try {
      const written = await world.calls.end(call, end, { waiter: true });
      if ('ended' in written) return written.ended.end ?? end;
      return (written.refused && endAsOf(written.refused, end.atMs)) ?? end;
    } catch (error) {
      if (tries === endTries && outcome === 'timed-out') return end;
      if (tries === endTries) throw error;
      await world.clock.sleep(endPauseMs * tries);
    }
  }
}

/** Looks now and then whether the runtime is there: at its gateway's row, and less often at the socket itself. */
class RuntimeWatch {
  private dueMs: number;
  private probeDueMs: number;
  private told = false;

  constructor(
    private readonly world: CallWorld,
    private readonly call: StoredCall,
    private readonly options: WatchOptions,
  ) {
    const now = world.clock.now();
    this.dueMs = now + watchEveryMs;
    this.probeDueMs = now + probeEveryMs;
  }

  /** Whether the runtime has been away for the whole grace. */
  async isAwayForGood(): Promise<boolean> {
    const { clock } = this.world;
    if (clock.now() < this.dueMs) return false;
    this.dueMs = clock.now() + watchEveryMs;
    const gateway = await this.gateway();
    if (gateway === 'unread') return false;
    if (!gateway) return true;
    if (gateway.sockets.length > 0) {
      await this.lookAtSocket(gateway);
      return false;
    }
    const leftAtMs = Math.max(gateway.leftAtMs ?? 0, this.call.openedAtMs);
    const graceEndsMs = leftAtMs + limits.graceMs;
    this.dueMs = Math.min(this.dueMs, Math.max(graceEndsMs, clock.now() + 1));
    return clock.now() >= graceEndsMs;
  }

  /** Whether the runtime is away now. */
  async isAway(): Promise<boolean> {
    const gateway = await this.gateway();
    return gateway !== 'unread' && !gateway?.sockets.length;
  }

  private gateway(): Promise<Gateway | undefined | 'unread'> {
    return this.world.gateways.read(this.call.gatewayId).catch(() => 'unread' as const);
  }

  private async lookAtSocket({ gatewayId, sockets, features }: Gateway): Promise<void> {
    const now = this.world.clock.now();
    const [socket] = sockets;
    if (!socket) return;
    if (this.options.unsure && !this.told && features?.includes('pending')) {
      this.told = true;
      await this.world.sockets.post(
        socket.connectionId,
        eventFrame('relay.pending', { id: frameIdOf(this.call) }),
        this.call.deadlineMs - now,
      );
    } else if (now >= this.probeDueMs) {
      this.probeDueMs = now + probeEveryMs;
      await probeSocket(this.world, gatewayId, socket, now).catch(() => 'unclear');
    }
  }
}
