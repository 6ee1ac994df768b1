/** What a chaos run is made of, drawn from its seed before it begins. */
import { type RandomSource, seededRandom } from '../../../local/aws/disturbance';

/** How much of everything there is. */
export interface Shape {
  seed: number;
  runtimes: number;
  apps: number;
  callsPerApp: number;
  /** How many calls of one App run side by side. */
  lanes: number;
  /** No call begins after this time; a machine that is too busy for all of them makes fewer. */
  maxMs: number;
  /** After so many calls, by all Apps together, something happens to the system. */
  callsBetweenBlows: number;
}

/** One call, as its App makes it and its runtime is told to serve it. */
export interface PlannedCall {
  /** The App's own id of the call, and what the answer must echo. */
  id: string;
  app: number;
  timeoutMs: number;
  /** What the runtime does with it. */
  say: 'result' | 'error' | 'nothing';
  /** How long the runtime takes, in milliseconds. */
  afterMs: number;
}

/** A generator of one part's own, so that the parts' decisions do not depend on each other's pace. */
export function randomOf(shape: Shape, part: string): RandomSource {
  const name = [...part].reduce((sum, letter) => Math.imul(sum, 31) + letter.charCodeAt(0), 7);
  return seededRandom(shape.seed * 7919 + name);
}

/** One of several, by weight. */
export function pick<T extends string>(random: RandomSource, weights: Record<T, number>): T {
  const entries = Object.entries<number>(weights) as Array<[T, number]>;
  let left = random() * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [name, weight] of entries) {
    left -= weight;
    if (left < 0) return name;
  }
  return entries.at(-1)![0];
}

/** The calls of one App. Few are silent or slow: what is lost by accident costs a whole timeout each. */
export function callsOf(shape: Shape, app: number): PlannedCall[] {
  const random = randomOf(shape, `calls of ${app}`);
  return Array.from({ length: shape.callsPerApp }, (_, n) => ({
    id: `app-${app}-call-${n}`,
    app,
    timeoutMs: 2_000 + Math.floor(random() * 1_000),
    say: pick(random, { result: 93, error: 6, nothing: 1 }),
    afterMs: random() < 0.8 ? 0 : Math.floor(random() * 400),
  }));
}
