/** Adds up what worlds came to. */
import type { Outcome } from './run-world';

/** What a run reports. */
export interface Report {
  worlds: number;
  calls: number;
  events: number;
  invocations: number;
  /** How long the worlds lasted in their own time, in seconds. */
  simulatedSeconds: number;
  /** Processor time of this program, in seconds, and calls for each of them. */
  processorSeconds: number;
  callsPerSecond: number;
  /** How often each word was an App's last. */
  words: Record<string, number>;
  /** The last world, by which it is known again. */
  last: { events: number; words: Record<string, number> };
}

/** The sums so far. */
export class Tally {
  private worlds = 0;
  private calls = 0;
  private events = 0;
  private invocations = 0;
  private simulatedMs = 0;
  private readonly words: Record<string, number> = {};
  private last: Report['last'] = { events: 0, words: {} };
  private readonly startedAt = process.cpuUsage();

  /** Adds a world. */
  add({ calls, steps, invocations, virtualMs, words }: Outcome): void {
    this.worlds++;
    this.last = { events: steps, words };
    this.calls += calls;
    this.events += steps;
    this.invocations += invocations;
    this.simulatedMs += virtualMs;
    for (const [word, count] of Object.entries(words)) this.words[word] = (this.words[word] ?? 0) + count;
  }

  /** The sums. */
  report(): Report {
    const { user, system } = process.cpuUsage(this.startedAt);
    const processorSeconds = (user + system) / 1e6;
    return {
      worlds: this.worlds,
      calls: this.calls,
      events: this.events,
      invocations: this.invocations,
      simulatedSeconds: Math.round(this.simulatedMs / 1000),
      processorSeconds,
      callsPerSecond: Math.round(this.calls / processorSeconds),
      words: this.words,
      last: this.last,
    };
  }

  /** One line. */
  progress(seed: number): string {
    const { worlds, calls, callsPerSecond, simulatedSeconds } = this.report();
    return `seed ${seed}: ${worlds} worlds, ${calls} calls, ${callsPerSecond} a second, ${simulatedSeconds} s simulated`;
  }

  /** The sums, a line each. */
  table(): string {
    const { words, last: _, ...sums } = this.report();
    const told = Object.entries(words).map(([word, count]) => `${word} ${count}`);
    return [...Object.entries(sums), ['last words', told.join(', ')]]
      .map(([name, value]) => `${String(name).padEnd(20)}${value}`)
      .join('\n');
  }
}
