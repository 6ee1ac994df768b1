/** Runs the sections that were asked for and gathers the report. */
import { cpus, loadavg } from 'node:os';
import { version } from '../package.json';
import { type ActRow, meterActs } from './calls/call-report';
import { measureGrowth } from './calls/growth';
import { costFigures, costOf } from './cost/cost';
import { meterCostBasis } from './cost/cost-basis';
import { pricesAsOf } from './cost/prices';
import { measureEndToEnd } from './latency/end-to-end';
import { modelLatency } from './latency/latency-section';
import { modelledFigures } from './latency/modelled-figures';
import { bundleFigures, bundlesOf } from './machine/bundles';
import { coldStartFigures, measureColdStart } from './machine/cold-start';
import { measureSealed } from './machine/sealed';
import { measureStartUp } from './machine/start-up';
import { measureThroughput } from './machine/throughput';
import { type MeteredRelay, startMeteredRelay } from './metering/metered-relay';
import { meterPush } from './metering/push-path';
import { figuresOf, followRpcs, pairUp } from './metering/rpc-path';
import type { Plan } from './plan';
import type { Report, SectionName } from './report/report';

/** What a run is asked for. */
export interface BenchRequest {
  /** A cloud assembly with bundles. */
  directory: string;
  only: ReadonlySet<SectionName>;
  plan: Plan;
  /** As it was typed, for the report. */
  command: string;
  progress(section: SectionName, text: string): void;
}

/** How many calls wait at one time while functions are counted. */
const callsThatWait = 50;

/** Runs the bench. Throws when a section fails. */
export async function runBench(request: BenchRequest): Promise<Report> {
  const startedAt = new Date();
  const [cpu] = cpus();
  const report: Report = {
    version,
    startedAt: startedAt.toISOString(),
    seconds: 0,
    command: request.command,
    machine: {
      node: process.version,
      cpus: cpus().length,
      cpu: cpu?.model ?? 'unknown',
      platform: `${process.platform}-${process.arch}`,
      load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    },
    figures: {},
  };
  for (const name of request.only) await sections[name](request, report);
  report.seconds = (Date.now() - startedAt.getTime()) / 1_000;
  return report;
}

type Section = (request: BenchRequest, report: Report) => Promise<void>;

const sections: Record<SectionName, Section> = {
  latency: async ({ directory, plan, progress }, report) => {
    const say = (text: string) => progress('latency', text);
    Object.assign(report.figures, modelledFigures());
    report.latency = {
      samples: plan.modelledCalls,
      rows: modelLatency(plan.modelledCalls, say),
      endToEnd: await measureEndToEnd({ directory }, plan.endToEnd, say),
    };
  },
  calls: async ({ directory, progress }, report) => {
    await withRelay(directory, async (relay) => {
      progress('calls', 'the path of a call');
      const pair = await pairUp(relay);
      const paths = await followRpcs(relay, pair);
      await pair.runtime.close();
      progress('calls', "calls on Apps' sockets, their guards, and who waits");
      const push = await meterPush(relay, callsThatWait);
      Object.assign(report.figures, figuresOf(paths), push.figures);
      report.calls = {
        guardsTogether: push.guard.together,
        running: { calls: callsThatWait, ...push.running },
        acts: await meterActs(relay, (text) => progress('calls', text)),
      };
    });
  },
  cost: async ({ directory, progress }, report) => {
    await withRelay(directory, async (relay) => {
      const acts: ActRow[] = report.calls?.acts ?? (await meterActs(relay, (text) => progress('cost', text)));
      progress('cost', 'an average call, and an open monitor stream');
      const basis = await meterCostBasis(relay, await pairUp(relay), acts, await meterPush(relay));
      Object.assign(report.figures, costFigures(basis));
      const { memoryMb, logBytesPerCall } = basis;
      report.cost = { pricesAsOf, memoryMb, logBytesPerCall, rows: costOf(basis) };
    });
  },
  'cold-start': async ({ directory, plan, progress }, report) => {
    const say = (text: string) => progress('cold-start', text);
    const bundles = await withRelay(directory, async ({ host }) => bundlesOf(host.functions.definitions));
    report.coldStart = await measureColdStart(bundles, plan.importProcesses, say);
    Object.assign(report.figures, bundleFigures(bundles), coldStartFigures(report.coldStart));
  },
  'start-up': async ({ progress }, report) => {
    progress('start-up', 'npm start until /health answers');
    Object.assign(report.figures, await measureStartUp());
  },
  growth: async ({ directory, plan, progress }, report) => {
    report.growth = await measureGrowth({ directory }, plan.populations, (text) => progress('growth', text));
  },
  throughput: async ({ directory, plan, progress }, report) => {
    const say = (text: string) => progress('throughput', text);
    report.throughput = await measureThroughput(directory, plan.runtimes, plan.loadMs, say);
  },
  sealed: async ({ plan, progress }, report) => {
    progress('sealed', 'calls of 100 B, 10 KB and 1 MB, both ends in one process');
    report.sealed = await measureSealed([100, 10_000, 1_000_000], plan.sealedCalls);
  },
};

async function withRelay<T>(directory: string, work: (relay: MeteredRelay) => Promise<T>): Promise<T> {
  const relay = await startMeteredRelay({ directory });
  try {
    return await work(relay);
  } finally {
    await relay.stop();
  }
}
