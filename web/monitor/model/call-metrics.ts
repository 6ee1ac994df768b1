import { type Outcome, outcomeOfEvent, outcomeWords } from '../../../lambdas/core/wire/outcomes';
import { type MonitorEvent, timeMsOf } from './monitor-event';

const MINUTE_MS = 60_000;

/** How far back the charts look. */
export const WINDOW_MINUTES = 60;

/** One value a minute for the last hour, oldest first; `null` where a minute has no answered call. */
export interface CallWindow {
  /** Start of each minute, in seconds since 1970: what a chart's time axis wants. */
  readonly minutes: number[];
  readonly counts: Record<Outcome, number[]>;
  readonly p50: (number | null)[];
  readonly p95: (number | null)[];
  readonly totals: {
    readonly calls: number;
    readonly failed: number;
    readonly p50: number | null;
    readonly p95: number | null;
  };
}

interface Minute {
  readonly counts: Map<Outcome, number>;
  readonly durationsMs: number[];
}

/** The smallest value that at least `share` of the values do not exceed (nearest rank); `null` of nothing. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

/** A call that ended without an answer of the runtime, or with its error. Cancelling is the caller's own wish. */
export function isFailure(outcome: Outcome): boolean {
  return outcome !== 'answered' && outcome !== 'cancelled';
}

/** Counts ended calls by minute. It keeps an hour however many events the table forgets. */
export class CallMetrics {
  readonly #minutes = new Map<number, Minute>();

  /** Counts an event, in any order; events that end no call are ignored. Give each event once. */
  add(event: MonitorEvent): void {
    const outcome = outcomeOfEvent(event);
    const number = Math.floor(timeMsOf(event) / MINUTE_MS);
    if (!outcome || Number.isNaN(number)) return;
    let minute = this.#minutes.get(number);
    if (!minute) {
      minute = { counts: new Map(), durationsMs: [] };
      this.#minutes.set(number, minute);
    }
    minute.counts.set(outcome, (minute.counts.get(outcome) ?? 0) + 1);
    const answered = outcome === 'answered' || outcome === 'runtime-error';
    if (answered && event.durationMs !== undefined) minute.durationsMs.push(event.durationMs);
  }

  /** The hour that ends with the minute of `nowMs`; what is older is forgotten. */
  window(nowMs: number): CallWindow {
    const last = Math.floor(nowMs / MINUTE_MS);
    const first = last - WINDOW_MINUTES + 1;
    for (const number of this.#minutes.keys()) if (number < first) this.#minutes.delete(number);
    const numbers = Array.from({ length: WINDOW_MINUTES }, (_, index) => first + index);
    const minutes = numbers.map((number) => this.#minutes.get(number));
    const counts = Object.fromEntries(
      outcomeWords.map((outcome) => [outcome, minutes.map((minute) => minute?.counts.get(outcome) ?? 0)]),
    ) as Record<Outcome, number[]>;
    const sum = (outcome: Outcome) => counts[outcome].reduce((total, count) => total + count, 0);
    const durationsMs = minutes.flatMap((minute) => minute?.durationsMs ?? []);
    return {
      minutes: numbers.map((number) => (number * MINUTE_MS) / 1000),
      counts,
      p50: minutes.map((minute) => percentile(minute?.durationsMs ?? [], 0.5)),
      p95: minutes.map((minute) => percentile(minute?.durationsMs ?? [], 0.95)),
      totals: {
        calls: outcomeWords.reduce((total, outcome) => total + sum(outcome), 0),
        failed: outcomeWords.filter(isFailure).reduce((total, outcome) => total + sum(outcome), 0),
        p50: percentile(durationsMs, 0.5),
        p95: percentile(durationsMs, 0.95),
      },
    };
  }
}
