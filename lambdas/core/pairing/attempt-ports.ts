/** What limiting guesses needs of the world, beside time. */

/** How the redeems of one source stand in its window. */
export interface SourceAttempts {
  /** Places taken: failures, and redeems that are under way. */
  taken: number;
  failures: number;
  /** Of the last failure; 0 without one. */
  failedAtMs: number;
  /** Also the window's name: no two windows of a source end in the same millisecond. */
  windowEndsAtMs: number;
}

/** Attempts to redeem, by the hash of their source. */
export interface AttemptStore {
  /** The source's last window, over or not, and the failures of all sources in this or the last minute, the higher. */
  read(source: string, nowMs: number): Promise<{ row?: SourceAttempts; failuresOfAll: number }>;
  /** Begins a window, with one place taken; `changed` when it is not the window that ended at `endedAtMs` any more. */
  open(source: string, endedAtMs: number | undefined, windowEndsAtMs: number): Promise<'taken' | 'changed'>;
  /** Takes a place while fewer than `places` are taken. */
  join(source: string, windowEndsAtMs: number, places: number): Promise<'taken' | 'changed'>;
  /** Gives a place back; nothing happens once the window was followed by another. */
  giveBack(source: string, windowEndsAtMs: number): Promise<void>;
  /** Turns a place into a failure; nothing happens once the window was followed by another. */
  fail(source: string, windowEndsAtMs: number, atMs: number): Promise<void>;
  /** Counts a failure among those of all sources. */
  countFailure(atMs: number): Promise<void>;
}
