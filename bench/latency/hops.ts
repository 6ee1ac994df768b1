/**
 * The latencies that the model assumes for AWS, a log-normal distribution each. They are assumptions, stated here and
 * in every report: what a deployment shows may differ, and then these lines are what to change.
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
