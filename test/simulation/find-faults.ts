/** Builds each deliberate fault in, one after the other, and runs worlds until it is found or its calls are used up. */
import type { Fault } from './faults/fault';
import { builtSimulation } from './run-program';

/** Calls of one seed. */
const callsPerSeed = 10_000;

/** What found a fault. */
export interface Finding {
  fault: Fault;
  /** The first world that breached, and what; undefined when none did. */
  world: string | undefined;
  invariant: string | undefined;
  detail: string | undefined;
  /** Calls until then. */
  calls: number;
}

/** Looks for one fault. */
export async function findFault(fault: Fault): Promise<Finding> {
  const run = await builtSimulation('fault', fault.patches);
  const seeds = Math.ceil(fault.withinCalls / callsPerSeed);
  const { world, breaches, calls } = await run('--seeds', String(seeds), '--calls', String(callsPerSeed));
  const [first] = breaches ?? [];
  return { fault, world, invariant: first?.invariant, detail: first?.detail, calls };
}

/** A finding as a row of the table in docs/simulation.md. */
export function rowOf({ fault, world, invariant, calls }: Finding): string {
  return `| ${fault.name} | ${fault.withinCalls.toLocaleString('en')} | ${world ?? 'not found'} | ${calls.toLocaleString('en')} | ${invariant ?? ''} |`;
}
