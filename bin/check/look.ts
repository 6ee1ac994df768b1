/** What a check is made of: a look at one thing that only a deployment can show, with what is expected and what was found. */
import type { Party } from './party';

/** Where the deployment is, and what is known of it. */
export interface Target {
  /** Its public URL, without a slash at the end. */
  url: string;
  /** Its registration token; undefined under open registration. */
  token: string | undefined;
  /** The stack, where it is one: its logs are read. */
  stackName: string | undefined;
  /** How long may be waited for what shows itself late, in milliseconds. */
  longMs: number;
}

/** What looks have to work with. */
export interface Scene {
  target: Target;
  /** A runtime that answers at once, and Apps that are paired with it. */
  party: Party;
  /** Says what is under way. */
  say(text: string): void;
}

/** Median and 99th percentile, in milliseconds. */
export interface Figure {
  p50Ms: number;
  p99Ms: number;
}

/** What a look came to. */
export interface Sight {
  /** `not-tried`: it needs what is not here. */
  outcome: 'as-expected' | 'otherwise' | 'not-tried';
  /** In words, with figures. */
  found: string;
  /** For programs. */
  figures?: Record<string, Figure | number>;
}

/** One look. */
export interface Look {
  /** kebab-case, unique. */
  id: string;
  /** What is looked at. */
  title: string;
  expected: string;
  run(scene: Scene): Promise<Sight>;
}

/** A sight in one line. */
export const sight = (isAsExpected: boolean, found: string, figures?: Sight['figures']): Sight => ({
  outcome: isAsExpected ? 'as-expected' : 'otherwise',
  found,
  ...(figures ? { figures } : {}),
});

/** Where something cannot be looked at. */
export const notTried = (found: string): Sight => ({ outcome: 'not-tried', found });

/** Median and 99th percentile of samples in milliseconds, each to a tenth. */
export function figureOf(samplesMs: readonly number[]): Figure {
  const sorted = [...samplesMs].sort((a, b) => a - b);
  const at = (share: number) =>
    Math.round(10 * (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0)) / 10;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}
