/** The modelled latencies as tables, and beside them what real calls took. */
import { hops } from '../latency/hops';
import type { Report } from './report';
import { type Cell, ms, spread, table } from './table';

/** Empty where latency was not asked for. */
export function latencySection({ latency }: Report): string[] {
  if (!latency) return [];
  const hopRows = Object.entries(hops).map(([hop, { p50Ms, p99Ms }]): Cell[] => [hop, p50Ms, p99Ms]);
  const rows = latency.rows.map(({ runtimeMs, scheme, whole, added, floor, beyondIdeal, reads }): Cell[] => [
    runtimeMs,
    scheme,
    ms(whole.p50),
    ...spread(added),
    ms(floor.p50),
    `${(beyondIdeal * 100).toFixed(1)} %`,
    Number(reads.mean.toFixed(1)),
  ]);
  const checks = latency.endToEnd.map(({ way, runtimeMs, calls, added }): Cell[] => {
    const modelled = latency.rows.find((row) => row.scheme === way && row.runtimeMs === runtimeMs);
    return [
      runtimeMs,
      way,
      calls,
      ...spread(added),
      modelled ? ms(modelled.added.p50) : '',
      modelled ? ms(modelled.added.p95) : '',
    ];
  });
  return [
    '## Latency, modelled',
    'Assumed hops, log-normal, in milliseconds:',
    table(['hop', 'p50', 'p99'], hopRows),
    `What the relay adds beyond the runtime's own time, in milliseconds, from ${latency.samples} modelled calls each. ` +
      'The floor is the sum of the hops without the detection of the reply; the ideal is runtime and floor.',
    table(
      [
        'runtime ms',
        'scheme',
        'whole call p50',
        'added p50',
        'p95',
        'p99',
        'floor p50',
        'p50 beyond the ideal',
        'reads a call',
      ],
      rows,
    ),
    ...(checks.length === 0
      ? []
      : [
          'The same latencies put upon real calls through the local host, whose own work comes on top:',
          table(
            ['runtime ms', 'way', 'calls', 'added p50', 'p95', 'p99', 'modelled p50', 'modelled p95'],
            checks,
          ),
        ]),
  ];
}
