/**
 * How a waiting function looks for the reply: it reads the call's row at gaps that are a fixed share of the time
 * waited. So a reply is seen late by at most that share of the call, and a call ten times as long costs only a
 * dozen reads more.
 */

/** The next gap may be this share of the time waited so far. */
const share = 0.18;
const shortestGapMs = 15;
/** With one read on top the reply is seen within 250 ms. */
const longestGapMs = 230;

/** How long to sleep before the next read, in milliseconds, after `waitedMs` of waiting. */
export function nextGapMs(waitedMs: number): number {
  return Math.min(longestGapMs, Math.max(shortestGapMs, waitedMs * share));
}

/** How often a waiter looks whether the runtime is still there, in milliseconds. */
export const watchEveryMs = 1_000;
