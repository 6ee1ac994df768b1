import { type MonitorEvent, timeMsOf } from './monitor-event';
import { CALL_OUTCOMES, type CallOutcome, callOutcomeOf, isFailure } from './outcome';
import type { Span } from './time-range';

/** The figures of one span of time; `null` where there is nothing to tell. */
export interface CallTotals {
  readonly calls: number;
  readonly failed: number;
  readonly p50: number | null;
  readonly p95: number | null;
}

/** One value a bucket, oldest first; `null` where a bucket has no answered call. */
export interface CallWindow {
  /** Start of each bucket, in seconds since 1970: what a chart's time axis wants. */
  readonly starts: number[];
  readonly bucketMs: number;
  readonly counts: Record<CallOutcome, number[]>;
  readonly p50: (number | null)[];
  readonly p95: (number | null)[];
  readonly totals: CallTotals;
}

interface Ended {
  readonly atMs: number;
  readonly outcome: CallOutcome;
  readonly durationMs?: number;
}

/** More calls than this are not counted: the oldest go. */
const CAPACITY = 50_000;

/** The smallest value that at least `share` of the values do not exceed (nearest rank); `null` of nothing. */
export function percentile(values: readonly number[], share: number): number | null {
  return nearestRank(
    [...values].sort((a, b) => a - b),
    share,
  );
}

/** Counts ended calls over time; it keeps more of them than the tables keep rows. */
export class CallMetrics {
  #ended: Ended[] = [];
  #sorted = true;

  /** Counts an event, in any order; events that end no call are ignored. Give each event once. */
  add(event: MonitorEvent): void {
    const outcome = callOutcomeOf(event);
    if (!outcome) return;
    const atMs = timeMsOf(event);
    const last = this.#ended.at(-1);
    if (last && last.atMs > atMs) this.#sorted = false;
    const wasAnswered = outcome === 'answered' || outcome === 'runtime-error';
    this.#ended.push({
      atMs,
      outcome,
      ...(wasAnswered && event.durationMs !== undefined ? { durationMs: event.durationMs } : {}),
    });
    if (this.#ended.length > CAPACITY * 1.1) this.#ended = this.#within().slice(-CAPACITY);
  }

  /** When the first known call ended, milliseconds since 1970; `undefined` of nothing. */
  get firstMs(): number | undefined {
    return this.#within()[0]?.atMs;
  }

  /** The figures of a span. */
  totals({ fromMs, toMs }: Pick<Span, 'fromMs' | 'toMs'>): CallTotals {
    return totalsOf(this.#within(fromMs, toMs));
  }

  /** The span in buckets. */
  window({ fromMs, toMs, bucketMs }: Span): CallWindow {
    const first = Math.floor(fromMs / bucketMs);
    const length = Math.max(1, Math.floor((toMs - 1) / bucketMs) - first + 1);
    const buckets = Array.from({ length }, (): Ended[] => []);
    const ended = this.#within(fromMs, toMs);
    for (const call of ended) buckets[Math.floor(call.atMs / bucketMs) - first]?.push(call);
    const counts = Object.fromEntries(
      CALL_OUTCOMES.map((outcome) => [
        outcome,
        buckets.map((calls) => calls.filter((call) => call.outcome === outcome).length),
      ]),
    ) as Record<CallOutcome, number[]>;
    const totals = buckets.map(totalsOf);
    return {
      starts: buckets.map((_, index) => ((first + index) * bucketMs) / 1000),
      bucketMs,
      counts,
      p50: totals.map(({ p50 }) => p50),
      p95: totals.map(({ p95 }) => p95),
      totals: totalsOf(ended),
    };
  }

  #within(fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY): Ended[] {
    if (!this.#sorted) this.#ended.sort((a, b) => a.atMs - b.atMs);
    this.#sorted = true;
    return this.#ended.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
  }
}

function totalsOf(ended: readonly Ended[]): CallTotals {
  const sorted = ended.flatMap(({ durationMs }) => durationMs ?? []).sort((a, b) => a - b);
  return {
    calls: ended.length,
    failed: ended.filter(({ outcome }) => isFailure(outcome)).length,
    p50: nearestRank(sorted, 0.5),
    p95: nearestRank(sorted, 0.95),
  };
}

function nearestRank(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}
