/** How much a run does. */
import type { Population } from './calls/growth';

/** The amounts of one run. */
export interface Plan {
  modelledCalls: number;
  /** Calls through the local host, each way, by the speed of the runtime. */
  endToEnd: Array<{ runtimeMs: number; calls: number }>;
  /** Fresh processes for each import. */
  importProcesses: number;
  populations: Population[];
  /** How many runtimes are connected under load. */
  runtimes: number[];
  /** Of each load, after twice as much that is not measured. */
  loadMs: number;
  /** Of each size. */
  sealedCalls: number;
}

/** Under 5 minutes on 2 cores. */
export const fullPlan: Plan = {
  modelledCalls: 20_000,
  endToEnd: [
    { runtimeMs: 5, calls: 120 },
    { runtimeMs: 50, calls: 120 },
    { runtimeMs: 500, calls: 60 },
    { runtimeMs: 5_000, calls: 12 },
  ],
  importProcesses: 15,
  populations: [
    { gateways: 10, storedRows: 100 },
    { gateways: 1_000, storedRows: 10_000 },
    { gateways: 10_000, storedRows: 100_000 },
  ],
  runtimes: [1, 10, 100, 1_000],
  loadMs: 3_000,
  sealedCalls: 100,
};

/** Under 60 s on 2 cores: the same sections, fewer samples. */
export const quickPlan: Plan = {
  modelledCalls: 2_000,
  endToEnd: [
    { runtimeMs: 5, calls: 25 },
    { runtimeMs: 50, calls: 25 },
  ],
  importProcesses: 4,
  populations: [
    { gateways: 10, storedRows: 100 },
    { gateways: 1_000, storedRows: 2_000 },
  ],
  runtimes: [1, 10],
  loadMs: 1_000,
  sealedCalls: 20,
};
