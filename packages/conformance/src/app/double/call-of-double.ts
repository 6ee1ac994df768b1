/** A call at the double: what was asked, its steps, its end, and who hears of it. Its runtime is the case. */
import type { Problem } from './refusals';

/** How a call ended: an answer, or a problem. */
export type End =
  | { ok: true; result: unknown }
  | { ok: false; error: { code: number | string; message: string; data?: unknown } }
  | { problem: Problem };

/** One step. */
export interface DoubleStep {
  seq: number;
  data: unknown;
}

/** Who hears of a call. */
export interface Hearer {
  onStep(step: DoubleStep): void;
  onEnd(end: End): void;
}

/** One call. */
export class CallOfDouble {
  readonly steps: DoubleStep[] = [];
  end: End | undefined;
  /** How often its command would have run. */
  runs = 1;
  isCancelled = false;
  private readonly hearers = new Set<Hearer>();

  constructor(
    readonly id: string,
    readonly method: string,
    readonly params: unknown,
    readonly timeoutMs: number | undefined,
  ) {}

  /** Tells of the steps after one, and of what comes; gives what takes the hearer away. */
  hear(hearer: Hearer, afterSeq = -1): () => void {
    for (const step of this.steps) if (step.seq > afterSeq) hearer.onStep(step);
    if (this.end) hearer.onEnd(this.end);
    else this.hearers.add(hearer);
    return () => this.hearers.delete(hearer);
  }

  /** The runtime tells a step. */
  step(data: unknown, seq = this.steps.length): void {
    const step = { seq, data };
    this.steps.push(step);
    for (const hearer of this.hearers) hearer.onStep(step);
  }

  /** The runtime answers. */
  answer(result: unknown): void {
    this.endWith({ ok: true, result });
  }

  /** It ends, in any way; with nobody told where `quietly` is. */
  endWith(end: End, { quietly = false } = {}): void {
    this.end ??= end;
    if (!quietly) for (const hearer of this.hearers) hearer.onEnd(this.end);
    this.hearers.clear();
  }

  /** Opened anew in place of an end whose command never left. */
  reopen(): void {
    this.end = undefined;
    this.runs++;
  }
}
