const MINUTE_MS = 60_000;

/** The ranges that end now. */
export const LAST_RANGES = [
  { name: '15m', ms: 15 * MINUTE_MS, label: '15 min', words: '15 minutes' },
  { name: '1h', ms: 60 * MINUTE_MS, label: '1 h', words: 'hour' },
  { name: '6h', ms: 360 * MINUTE_MS, label: '6 h', words: '6 hours' },
  { name: '24h', ms: 1440 * MINUTE_MS, label: '24 h', words: '24 hours' },
] as const;

/** One of the ranges that end now. */
export type LastName = (typeof LAST_RANGES)[number]['name'];

/** What the page looks at: the last while, which moves on, or a stretch of the past, which stands. Milliseconds since 1970. */
export type TimeRange = { readonly last: LastName } | { readonly fromMs: number; readonly toMs: number };

/** A range at one moment, with the width of its buckets. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
  readonly bucketMs: number;
}

/** What the page looks at when nobody chose. */
export const DEFAULT_RANGE: TimeRange = { last: '1h' };

const BUCKETS_MS = [1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800].map((seconds) => seconds * 1000);
const MAX_BUCKETS = 60;
/** The shortest span that charts show: a minute of data in an hour would be a sliver. */
const MIN_SPAN_MS = 5 * MINUTE_MS;

/** Whether this range moves on with the time. */
export function isLive(range: TimeRange): range is { readonly last: LastName } {
  return 'last' in range;
}

/** A range's length in milliseconds. */
export function lengthOf(range: TimeRange): number {
  return isLive(range) ? lastOf(range.last).ms : range.toMs - range.fromMs;
}

/** The range's limits at a moment. What happens while one looks belongs to it: a live range has no upper limit but now. */
export function limitsOf(
  range: TimeRange,
  nowMs: number,
): { readonly fromMs: number; readonly toMs: number } {
  return isLive(range) ? { fromMs: nowMs - lengthOf(range), toMs: Number.POSITIVE_INFINITY } : range;
}

/**
 * What charts draw of a range: from its beginning, or from the first thing that is known where that is later, so that
 * little data fills the chart. In at most 60 buckets.
 */
export function spanOf(range: TimeRange, nowMs: number, firstMs: number | undefined): Span {
  const limits = isLive(range) ? { fromMs: nowMs - lengthOf(range), toMs: nowMs } : range;
  const { toMs } = limits;
  const shortestFromMs = Math.max(limits.fromMs, toMs - MIN_SPAN_MS);
  const fromMs =
    isLive(range) && firstMs !== undefined
      ? Math.min(shortestFromMs, Math.max(limits.fromMs, firstMs))
      : limits.fromMs;
  const bucketMs = BUCKETS_MS.find((width) => (toMs - fromMs) / width <= MAX_BUCKETS) ?? BUCKETS_MS.at(-1)!;
  const first = Math.floor(fromMs / bucketMs) * bucketMs;
  return { fromMs: first, toMs: Math.ceil((toMs + 1) / bucketMs) * bucketMs, bucketMs };
}

/** The range by half its length earlier or later; one that would reach beyond now moves on with the time again, where it has a name. */
export function shifted(range: TimeRange, by: 'earlier' | 'later', nowMs: number): TimeRange {
  const lengthMs = lengthOf(range);
  if (isLive(range) && by === 'later') return range;
  const { fromMs, toMs } = isLive(range) ? { fromMs: nowMs - lengthMs, toMs: nowMs } : range;
  const stepMs = (by === 'earlier' ? -1 : 1) * (lengthMs / 2);
  if (toMs + stepMs <= nowMs) return { fromMs: fromMs + stepMs, toMs: toMs + stepMs };
  const named = LAST_RANGES.find(({ ms }) => ms >= lengthMs)?.name;
  return named ? { last: named } : range;
}

/** The next longer range that ends now; `undefined` after the longest. */
export function longerThan(range: TimeRange): LastName | undefined {
  const lengthMs = lengthOf(range);
  return LAST_RANGES.find(({ ms }) => ms > lengthMs)?.name;
}

/** The range with a name. */
export function lastOf(name: LastName): (typeof LAST_RANGES)[number] {
  return LAST_RANGES.find((range) => range.name === name)!;
}

/** A width of buckets in words that follow "per": `minute`, `30 s`, `10 min`. */
export function formatBucket(bucketMs: number): string {
  if (bucketMs === MINUTE_MS) return 'minute';
  if (bucketMs === 1000) return 'second';
  return bucketMs < MINUTE_MS ? `${bucketMs / 1000} s` : `${bucketMs / MINUTE_MS} min`;
}
