/** What a run of the bench found. A section that was not asked for is left out. */

import type { ActRow } from '../calls/call-report';
import type { GrowthRow } from '../calls/growth';
import type { CostRow } from '../cost/cost';
import type { Figures } from '../figures/budgets';
import type { EndToEndRow } from '../latency/end-to-end';
import type { LatencyRow } from '../latency/latency-section';
import type { ColdStart } from '../machine/cold-start';
import type { SealedReport } from '../machine/sealed';
import type { ThroughputRow } from '../machine/throughput';

/** The sections, in the order in which they run. */
export const sectionNames = [
  'latency',
  'calls',
  'cost',
  'cold-start',
  'start-up',
  'growth',
  'throughput',
  'sealed',
] as const;

/** The name of a section. */
export type SectionName = (typeof sectionNames)[number];

/** The report as it is written to JSON. */
export interface Report {
  version: string;
  startedAt: string;
  seconds: number;
  /** The command that made it. */
  command: string;
  /** `load`: what else ran, as the one-minute load average when the run began. */
  machine: { node: string; cpus: number; cpu: string; platform: string; load: number };
  figures: Figures;
  latency?: { samples: number; rows: LatencyRow[]; endToEnd: EndToEndRow[] };
  calls?: {
    acts: ActRow[];
    /** Guards that came at a time on the local host, in the mean. */
    guardsTogether: number;
    /** Functions that ran while so many calls of each way waited. */
    running: { calls: number; http: number; socket: number };
  };
  cost?: { pricesAsOf: string; memoryMb: number; logBytesPerCall: number; rows: CostRow[] };
  coldStart?: ColdStart;
  growth?: GrowthRow[];
  throughput?: ThroughputRow[];
  sealed?: SealedReport;
}
