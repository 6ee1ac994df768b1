/** Latency and faults for benches and chaos tests. Seeded: the same seed disturbs the same sequence of calls alike. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Disturb, Disturbance } from '../types';

/** Numbers in [0, 1), repeatable by seed. */
export type RandomSource = () => number;

/** A mulberry32 generator: enough for spreading delays, no more. */
export function seededRandom(seed: number): RandomSource {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A log-normal delay, given by its median and its 99th percentile. */
export interface DelayModel {
  p50Ms: number;
  p99Ms: number;
}

/** The standard normal distribution's 99th percentile. */
const Z99 = 2.326;

/** Delays calls by `service.operation`, else by `service`; calls without a model pass undelayed. */
export function latency(models: Record<string, DelayModel>, seed = 1): Disturb {
  const random = seededRandom(seed);
  return ({ service, operation }) => {
    const model = models[`${service}.${operation}`] ?? models[service];
    if (!model) return undefined;
    const sigma = Math.log(model.p99Ms / model.p50Ms) / Z99;
    return [{ kind: 'delay', ms: model.p50Ms * Math.exp(sigma * normal(random)) }];
  };
}

/** Two uniform numbers give one normal one (Box and Muller). */
function normal(random: RandomSource): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A fault that strikes a share of the calls. */
export interface FaultModel {
  /** Share of the calls, 0 to 1. */
  rate: number;
  /** Matches `service` or `service.operation`; every call when left out. */
  calls?: string[];
  status?: number;
  code?: string;
  /** The call is carried out, and only its answer is lost. */
  afterEffect?: boolean;
}

/** Answers a share of the calls with an error, `InternalServerError` unless named otherwise. */
export function faults(model: FaultModel, seed = 1): Disturb {
  const random = seededRandom(seed);
  const error: Disturbance = {
    kind: 'error',
    status: model.status ?? 500,
    code: model.code ?? 'InternalServerError',
    afterEffect: model.afterEffect ?? false,
  };
  return ({ service, operation }) => {
    const meant =
      !model.calls || model.calls.includes(service) || model.calls.includes(`${service}.${operation}`);
    return meant && random() < model.rate ? [error] : undefined;
  };
}

/** Applies several disturbances to the same calls, in order. */
export function together(...disturbs: Disturb[]): Disturb {
  return (call) => disturbs.flatMap((disturb) => disturb(call) ?? []);
}

/** What is in store for a call. */
export interface Fate {
  /** Whether the service gets to see it. */
  isCarriedOut: boolean;
  /** What the caller is told in place of the service's answer. */
  error?: Disturbance & { kind: 'error' };
  /** How it ends without an answer. */
  unanswered?: 'reset' | 'hang';
}

/** Lets a call wait, and tells what then becomes of it. Only a connection that was used before can have died. */
export async function strike(disturbances: Disturbance[], connection: 'new' | 'used'): Promise<Fate> {
  let fate: Fate = { isCarriedOut: true };
  for (const disturbance of disturbances) {
    if (disturbance.kind === 'delay') await pause(disturbance.ms);
    else if (disturbance.kind === 'error') {
      fate = { isCarriedOut: disturbance.afterEffect ?? false, error: disturbance };
    } else if (connection === 'used') {
      const isCarriedOut = disturbance.kind === 'hang' && (disturbance.afterEffect ?? false);
      fate = { isCarriedOut, unanswered: disturbance.kind };
    }
    if (!fate.isCarriedOut) return fate;
  }
  return fate;
}
