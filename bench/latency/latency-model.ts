/**
 * A call as a sum of hops, many times over:
 *
 *   invocation · authorising read · opening write · post ┬ runtime · invocation · closing write (the reply stands)
 *                                                        └ sleep · read · sleep · read … until a read finds it
 *
 * On an App's socket nobody waits:
 *
 *   invocation · authorising read · opening write ‖ its place · post ┬ runtime · invocation · closing write · post
 *                                                                    └ the guard, beside it all
 *
 * A hop takes effect at its end, as at the local AWS endpoint. No clock, no network: the same seed gives the same
 * figures on every machine.
 */

import { type Spread, spreadOf } from '../figures/statistics';
import { type DrawHop, drawHops, medianHop } from './hops';
import type { Gap } from './waiting-schemes';

/** One call, times in milliseconds. */
export interface ModelledCall {
  /** From the App's request to the answer. */
  wholeMs: number;
  /** The hops that no design can avoid: everything but the detection of the reply. */
  floorMs: number;
  /** From the moment the reply stands in the table until the waiter has read it. */
  detectionMs: number;
  /** Reads of the waiting function. */
  reads: number;
}

/** Runs one call through a scheme. */
export function modelCall(
  gap: Gap,
  runtimeMs: number,
  draw: DrawHop,
  drawRead: DrawHop = draw,
): ModelledCall {
  const beforeMs = draw('invocation') + draw('dynamodb') + draw('dynamodb') + draw('post');
  const replyMs = draw('invocation') + draw('dynamodb');
  const standsAtMs = runtimeMs + replyMs;
  let waitedMs = 0;
  let reads = 0;
  while (waitedMs < standsAtMs) {
    waitedMs += gap(waitedMs, reads) + drawRead('dynamodb');
    reads += 1;
  }
  return {
    wholeMs: beforeMs + waitedMs,
    floorMs: beforeMs + replyMs,
    detectionMs: waitedMs - standsAtMs,
    reads,
  };
}

/** Runs one call on an App's socket: its floor leaves out what the place adds where it takes longer than the write beside it. */
export function modelPush(runtimeMs: number, draw: DrawHop): ModelledCall {
  const beforeMs = draw('invocation') + draw('dynamodb');
  const putMs = draw('dynamodb');
  const openedMs = Math.max(putMs, draw('dynamodb'));
  const afterMs = draw('post') + draw('invocation') + draw('dynamodb') + draw('post');
  return {
    wholeMs: beforeMs + openedMs + afterMs + runtimeMs,
    floorMs: beforeMs + putMs + afterMs,
    detectionMs: 0,
    reads: 0,
  };
}

/** Many calls of one scheme to one runtime. */
export interface Simulated {
  whole: Spread;
  /** Beyond the runtime's own time. */
  added: Spread;
  floor: Spread;
  detection: Spread;
  reads: Spread;
}

/** Simulates calls to a runtime that takes `runtimeMs`. Schemes with the same seed meet the same hops. */
export function simulate(gap: Gap, runtimeMs: number, samples: number, seed = 1): Simulated {
  const draw = drawHops(seed);
  const drawRead = drawHops(seed + 1);
  return summed(
    runtimeMs,
    Array.from({ length: samples }, () => modelCall(gap, runtimeMs, draw, drawRead)),
  );
}

/** Simulates calls on an App's socket. */
export function simulatePush(runtimeMs: number, samples: number, seed = 1): Simulated {
  const draw = drawHops(seed);
  return summed(
    runtimeMs,
    Array.from({ length: samples }, () => modelPush(runtimeMs, draw)),
  );
}

function summed(runtimeMs: number, calls: readonly ModelledCall[]): Simulated {
  return {
    whole: spreadOf(calls.map((call) => call.wholeMs)),
    added: spreadOf(calls.map((call) => call.wholeMs - runtimeMs)),
    floor: spreadOf(calls.map((call) => call.floorMs)),
    detection: spreadOf(calls.map((call) => call.detectionMs)),
    reads: spreadOf(calls.map((call) => call.reads)),
  };
}

/** The worst detection that a scheme allows. */
export interface WorstDetection {
  ms: number;
  /** Of the whole call's time, 0 to 1. */
  share: number;
}

/** The worst detection over runtimes of every millisecond up to `longestMs`, by when gaps grow no more; each hop at its median. */
export function worstDetection(gap: Gap, longestMs = 5_000): WorstDetection {
  const worst = { ms: 0, share: 0 };
  for (let runtimeMs = 0; runtimeMs <= longestMs; runtimeMs += 1) {
    const { detectionMs, wholeMs } = modelCall(gap, runtimeMs, medianHop);
    worst.ms = Math.max(worst.ms, detectionMs);
    worst.share = Math.max(worst.share, detectionMs / wholeMs);
  }
  return worst;
}

/** Reads while a reply is away for `waitMs`, with each read at its median. */
export function readsWithin(gap: Gap, waitMs: number): number {
  let reads = 0;
  for (let waitedMs = gap(0, 0) + medianHop('dynamodb'); waitedMs <= waitMs; reads += 1)
    waitedMs += gap(waitedMs, reads + 1) + medianHop('dynamodb');
  return reads;
}
