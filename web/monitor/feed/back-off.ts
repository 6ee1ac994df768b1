/** The longest wait between two attempts. */
export const MAX_BACK_OFF_MS = 30_000;

/**
 * How long to wait before an attempt: doubling from `baseMs`, never over 30 s, and anywhere between half and
 * the whole of that, so that viewers whom one outage cut off do not come back in step.
 * `attempt` is 0 for the first; `random` is in [0, 1).
 */
export function backOffMs(attempt: number, baseMs: number, random: number): number {
  const ceilingMs = Math.min(MAX_BACK_OFF_MS, baseMs * 2 ** Math.min(attempt, 30));
  return Math.round(ceilingMs * (0.5 + random / 2));
}
