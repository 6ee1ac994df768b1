/** Ways for a waiting function to space its reads: the relay's own and three that others use. */
import { nextGapMs } from '../../lambdas/core/call/waiting';

/** How long to sleep before the next read, by the milliseconds waited and the reads done so far. */
export type Gap = (waitedMs: number, reads: number) => number;

/** The relay's own, and the others of the comparison. */
export const schemes = {
  relay: (waitedMs) => nextGapMs(waitedMs),
  'fixed 50 ms': () => 50,
  '50 ms doubling to 500 ms': (_, reads) => Math.min(500, 50 * 2 ** reads),
  'fixed 250 ms': () => 250,
} satisfies Record<string, Gap>;

/** The name of a scheme. */
export type SchemeName = keyof typeof schemes;
