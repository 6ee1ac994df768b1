/**
 * What a function instance remembers for a moment, so that the same question is not paid for again. Bounded in time and in
 * number; what it holds is never needed, only cheaper.
 */
export class ShortMemory<Value> {
  private readonly kept = new Map<string, { value: Value; untilMs: number }>();

  /** Values are kept for `keptMs`; beyond `maxKept` the oldest go. */
  constructor(
    private readonly keptMs: number,
    private readonly maxKept: number,
  ) {}

  /** The value of a key, while it is kept. */
  get(key: string, nowMs: number): Value | undefined {
    const found = this.kept.get(key);
    return found && nowMs < found.untilMs ? found.value : undefined;
  }

  /** Keeps a value and gives it. */
  set(key: string, value: Value, nowMs: number): Value {
    this.kept.delete(key);
    this.kept.set(key, { value, untilMs: nowMs + this.keptMs });
    if (this.kept.size > this.maxKept) this.kept.delete(this.kept.keys().next().value!);
    return value;
  }

  /** Forgets a key. */
  delete(key: string): void {
    this.kept.delete(key);
  }
}

/** A memory of what is found out by asking: those who ask at the same time share one answer. A failure is not kept. */
export class SharedMemory<Value> {
  private readonly asked: ShortMemory<Promise<Value>>;

  constructor(keptMs: number, maxKept: number) {
    this.asked = new ShortMemory(keptMs, maxKept);
  }

  /** The answer that is kept, or that of `ask`. */
  recall(key: string, nowMs: number, ask: () => Promise<Value>): Promise<Value> {
    const known = this.asked.get(key, nowMs);
    if (known) return known;
    const answer = ask();
    answer.catch(() => this.asked.delete(key));
    return this.asked.set(key, answer, nowMs);
  }
}

/** Counts what happens again and again, so that it is told once in `everyMs` with its number. */
export class Recurrences {
  private readonly told: ShortMemory<{ atMs: number; untold: number }>;

  constructor(
    private readonly everyMs: number,
    maxKept: number,
  ) {
    this.told = new ShortMemory(2 * everyMs, maxKept);
  }

  /** For how many of a kind one word stands now; 0 while one was told a moment ago. */
  count(kind: string, nowMs: number): number {
    const last = this.told.get(kind, nowMs);
    const untold = (last?.untold ?? 0) + 1;
    const isSilent = last !== undefined && nowMs - last.atMs < this.everyMs;
    this.told.set(kind, isSilent ? { ...last, untold } : { atMs: nowMs, untold: 0 }, nowMs);
    return isSilent ? 0 : untold;
  }
}
