/** What a run of the bench found. A section that was not asked for is left out. */
import type { Figures } from './budgets';
import type { ActRow } from './call-report';
import type { ColdStart } from './cold-start';
import type { CostRow } from './cost';
import type { EndToEndRow } from './end-to-end';
import type { GrowthRow } from './growth';
import type { LatencyRow } from './latency-section';
import type { ThroughputRow } from './throughput';

/** The sections, in the order in which they run. */
export const sectionNames = [
  'latency',
  'calls',
  'cost',
  'cold-start',
  'start-up',
  'growth',
  'throughput',
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
  calls?: { acts: ActRow[] };
  cost?: { pricesAsOf: string; memoryMb: number; logBytesPerCall: number; rows: CostRow[] };
  coldStart?: ColdStart;
  growth?: GrowthRow[];
  throughput?: ThroughputRow[];
}
