/** The section of the latency model: every scheme against runtimes of every speed. */
import { type Simulated, simulate, simulatePush } from './latency-model';
import { type SchemeName, schemes } from './waiting-schemes';

/** One scheme and one speed of runtime. */
export interface LatencyRow extends Simulated {
  runtimeMs: number;
  scheme: SchemeName | 'push';
  /** How far the median call is from runtime and floor together, 0.1 for 10 %. */
  beyondIdeal: number;
}

/** How fast the runtimes of the comparison answer, in milliseconds. */
export const runtimeTimesMs = [5, 50, 500, 5_000];

/** Simulates every scheme, and the push on an App's socket, against every speed. */
export function modelLatency(samples: number, progress: (text: string) => void): LatencyRow[] {
  return runtimeTimesMs.flatMap((runtimeMs) => {
    progress(`${samples} modelled calls to a runtime of ${runtimeMs} ms by each scheme`);
    const row = (scheme: LatencyRow['scheme'], simulated: Simulated): LatencyRow => {
      const beyondIdeal = simulated.whole.p50 / (runtimeMs + simulated.floor.p50) - 1;
      return { runtimeMs, scheme, beyondIdeal, ...simulated };
    };
    return [
      row('push', simulatePush(runtimeMs, samples)),
      ...(Object.keys(schemes) as SchemeName[]).map((scheme) =>
        row(scheme, simulate(schemes[scheme], runtimeMs, samples)),
      ),
    ];
  });
}
