/** A deliberate fault: a change of the core by which the simulation is shown that it can fail. */
import type { Patch } from '../build';

/** One fault. */
export interface Fault {
  name: string;
  /** By how many calls it must be found. */
  withinCalls: number;
  patches: Patch[];
}
