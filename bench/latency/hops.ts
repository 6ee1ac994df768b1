/**
 * The latencies that the model assumes for AWS, a log-normal distribution each. They are assumptions, stated here and
 * in every report: what a deployment shows may differ, and then `--hops` takes what was measured there.
 */
import { type DelayModel, latency } from '../../local/aws/disturbance';

/** A hop of a call. */
export type Hop = 'dynamodb' | 'post' | 'invocation' | 'queue';

/** Median and 99th percentile of each hop, in milliseconds. */
export const hops: Record<Hop, DelayModel> = {
  dynamodb: { p50Ms: 5, p99Ms: 20 },
  post: { p50Ms: 20, p99Ms: 80 },
  invocation: { p50Ms: 8, p99Ms: 30 },
  /** Sending a message: the guard of a call on an App's socket, for which its command does not wait. */
  queue: { p50Ms: 8, p99Ms: 40 },
};

/** Draws the latency of a hop, in milliseconds. */
export type DrawHop = (hop: Hop) => number;

/** A seeded generator: the same seed gives the same latencies. */
export function drawHops(seed: number): DrawHop {
  const disturb = latency(hops, seed);
  return (hop) => {
    const [delay] = disturb({ caller: '', service: hop, operation: '' }) ?? [];
    if (delay?.kind !== 'delay') throw new Error(`There is no model of the hop ${hop}.`);
    return delay.ms;
  };
}

/** Every hop at its median. */
export const medianHop: DrawHop = (hop) => hops[hop].p50Ms;

/** Takes measured hops in place of the assumed ones, as `agenttown-pairing-server check --hops` writes them. Throws a sentence for what is none. */
export function useHops(measured: Record<string, Partial<DelayModel>>): void {
  for (const [name, { p50Ms, p99Ms }] of Object.entries(measured)) {
    if (!Object.hasOwn(hops, name))
      throw new Error(`There is no hop ${name}: ${Object.keys(hops).join(', ')}.`);
    if (!(p50Ms! > 0 && p99Ms! >= p50Ms!))
      throw new Error(`The hop ${name} needs p50Ms above 0 and a p99Ms not below it.`);
    hops[name as Hop] = { p50Ms: p50Ms!, p99Ms: p99Ms! };
  }
}
