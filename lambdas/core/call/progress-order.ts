/** Passes progress on in the order of `seq`, each once, whatever order it was stored in. */
import type { Progress } from './states';
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
