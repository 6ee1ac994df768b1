/**
 * How a waiting function looks for the reply: it reads the call's row at gaps that are a share of the time waited and
 * a little more. So a reply is seen late by at most a fifth of the call, and a call ten times as long costs only a
 * dozen reads more. The four numbers are tuned with the latency model of `npm run bench` (docs/performance.md).
 */

/** Nothing can stand there sooner: the reply's own function and its write take about as long. */
const firstGapMs = 12;
/** What the next gap may be beyond the share, so that the first few reads are not for nothing. */
const baseGapMs = 4;
/** The next gap may be this share of the time waited so far. */
const share = 0.17;
/** A second of waiting costs nine times what its six reads cost, so more reads that shorten it are worth their price. */
const longestGapMs = 165;
/** Where progress is followed: with one read and the hold of a gap on top it is passed on within 300 ms. */
const longestGapFollowingMs = 110;

/** How long to sleep before the next read, in milliseconds, after `waitedMs` of waiting. */
export function nextGapMs(waitedMs: number, following = false): number {
  const longest = following ? longestGapFollowingMs : longestGapMs;
  return waitedMs <= 0 ? firstGapMs : Math.min(longest, baseGapMs + share * waitedMs);
}

/** A call that ends sooner takes no place in its client's quota, and costs no write for it, in milliseconds. */
export const shortMs = 1_500;

/**
 * By when, after `shortMs`, a waiter has written itself into its client's row, in milliseconds: a look's gap, the write and
 * some patience. A runtime that asks what it owes right after its handshake is answered then, not before.
 */
export const placeTakenMs = 500;

/** How often a waiter looks whether the runtime is still there, in milliseconds. */
export const watchEveryMs = 1_000;

/** How often a waiter makes sure that its client was not revoked, in milliseconds: a revocation ends it within ten seconds. */
export const checkClientEveryMs = 4_000;

/** How often a waiter asks the socket itself, in milliseconds: a `$disconnect` may come late or never. */
export const probeEveryMs = 5_000;

/**
 * How long progress waits for a lower `seq` that is missing, in milliseconds: frames of one socket are handled side by
 * side, so the later one may be stored first, and where a burst makes Lambda start another environment, much earlier.
 */
export const holdGapMs = 1_000;
