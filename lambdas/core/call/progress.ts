/**
 * Progress is passed on in the order of `seq`, each once, whatever order it was stored in, and all of it before the answer. The
 * frames of one socket are handled side by side, so an answer may overtake the steps before it: one that counts them
 * (`meta.steps`) lets whoever tells it wait for those that are still on their way.
 */
import type { Clock } from '../wire/ports';
import type { CallStore } from './ports';
import { type CallEnd, type EndedCall, isFollowed, type Progress, type StoredCall } from './states';
import { holdGapMs } from './waiting';

/** The last `seq` passed on. */
export class ProgressOrder {
  constructor(public lastSeq = -1) {}

  /**
   * What may be passed on now, of what was read after `lastSeq`. Behind a gap it waits a moment for what is missing;
   * once a later one has been passed on, an earlier one that still comes is dropped. `holdMs`: how long that moment is.
   */
  take(read: Progress[], nowMs: number, holdMs = holdGapMs): Progress[] {
    const ready: Progress[] = [];
    for (const progress of read) {
      const follows = progress.seq === this.lastSeq + 1;
      if (!follows && nowMs - progress.atMs < holdMs) break;
      this.lastSeq = progress.seq;
      ready.push(progress);
    }
    return ready;
  }
}

/** How long after the end, in milliseconds, counted steps are waited for: three starts of a function. */
export const overtakenMs = 3_000;
/** It is looked for them after so long, in milliseconds, and then after half of the time waited: a dozen reads in all. */
const firstLookMs = 25;
const share = 0.5;

const nothing = () => ({ progress: [] });

/**
 * Until when steps that an end counts may come, in epoch milliseconds; 0 where nothing is waited for. Of a call that nobody
 * follows no step is kept, whatever its answer counts.
 */
export function stepsUntilMs(call: Pick<StoredCall, 'end' | 'deadlineMs' | 'nonce'>): number {
  const { end, deadlineMs } = call;
  return end?.steps && isFollowed(call) ? Math.min(end.atMs + overtakenMs, deadlineMs) : 0;
}

/** Whether a step is one of a call: reported before its end, or counted by it. */
export function isOfCall({ seq, atMs }: Pick<Progress, 'seq' | 'atMs'>, end: CallEnd | undefined): boolean {
  return !end || atMs <= end.atMs || seq < (end.steps ?? 0);
}

/** What is left of it, as it comes; `read` is what has been read already. A read that fails is no news. */
export async function* restOfProgress(
  { calls, clock }: { calls: Pick<CallStore, 'follow'>; clock: Clock },
  call: EndedCall,
  order: ProgressOrder,
  read?: Progress[],
): AsyncGenerator<Progress[], void> {
  const untilMs = stepsUntilMs(call);
  const isWhole = () => order.lastSeq + 1 >= (call.end.steps ?? 0);
  for (let known = read; ; known = undefined) {
    const now = clock.now();
    const isOver = now >= untilMs;
    const progress = known ?? (await calls.follow(call, order.lastSeq, now).catch(nothing)).progress;
    yield order.take(progress, now, isOver ? 0 : overtakenMs);
    if (isOver || isWhole()) return;
    const waitedMs = now - call.end.atMs;
    await clock.sleep(Math.min(Math.max(firstLookMs, share * waitedMs), untilMs - now));
  }
}
