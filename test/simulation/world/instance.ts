/** Instances of functions: cold, warm and frozen ones, each with a clock and a memory of its own; an instance serves one invocation at a time. */
import type { Random } from './random';

/** One invocation. */
export interface Invocation {
  /** What it is called in a trace. */
  name: string;
  random: Random;
  /** What it still may ask of the world before it dies; infinite for those that live. */
  stepsToLive: number;
  /** Evils that befell it: its failures are explained by them. */
  evils: number;
  /** How much longer than usual its requests took, in milliseconds. */
  delayMs: number;
  /** Requests to the ports. */
  requests: number;
  /** Changes of rows that it caused, attempts and monitor apart. */
  changes: number;
}

/** One running copy of a function. */
export class Instance {
  alive = true;
  invocation: Invocation | undefined;
  /** What arrives while it is frozen waits for its next invocation. */
  private held: Array<() => void> = [];
  /** What the functions' code made once for this instance. */
  readonly memory: unknown[] = [];

  constructor(
    readonly functionName: string,
    readonly number: number,
    readonly skewMs: number,
  ) {}

  /** Gives the instance something that it waited for: never once it is dead, and not while it is frozen. */
  hand(act: () => void): void {
    if (!this.alive) return;
    if (this.invocation) act();
    else this.held.push(act);
  }

  /** Keeps for the next invocation what arrives in the freeze. */
  hold(act: () => void): void {
    this.held.push(act);
  }

  /** Begins an invocation; what was held in the freeze comes first. */
  thaw(invocation: Invocation): void {
    this.invocation = invocation;
    const held = this.held;
    this.held = [];
    for (const act of held) act();
  }
}
