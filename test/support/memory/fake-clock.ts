/** Time that passes only while somebody sleeps, with things that happen on the way. */
import type { Clock } from '../../../lambdas/core/wire/ports';

/** A clock for tests. */
export class FakeClock implements Clock {
  private happenings: Array<{ atMs: number; act: () => unknown }> = [];

  constructor(private nowMs: number) {}

  now(): number {
    return this.nowMs;
  }

  /** Lets something happen at a moment, as soon as a sleep reaches it. */
  at(atMs: number, act: () => unknown): void {
    this.happenings.push({ atMs, act });
    this.happenings.sort((a, b) => a.atMs - b.atMs);
  }

  async sleep(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms;
    while (this.happenings[0] && this.happenings[0].atMs <= untilMs) {
      const { atMs, act } = this.happenings.shift()!;
      this.nowMs = Math.max(this.nowMs, atMs);
      await act();
    }
    this.nowMs = untilMs;
  }
}
