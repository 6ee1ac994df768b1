/** Each section of the report as Markdown: a heading, and its tables with what they say. */

import { type Budget, budgets, entriesOf } from '../figures/budgets';
import { hops } from '../latency/hops';
import type { ImportRow } from '../machine/cold-start';
import type { Report } from './report';
import { type Cell, dollarsText, ms, short, spread, table } from './table';

/** The sections, by the name under which a document may hold their tables. A section that did not run is empty. */
export const sections: Record<string, (report: Report) => string[]> = {
  budgets: budgetSection,
  latency: latencySection,
  calls: callSection,
  cost: costSection,
  'cold-start': coldStartSection,
  growth: growthSection,
  throughput: throughputSection,
};

function budgetSection({ figures }: Report): string[] {
  const rows = entriesOf(figures).map(([name, figure]): Cell[] => {
    const { what, most, unit, held }: Budget = budgets[name];
    return [
      what,
      figure,
      most,
      unit,
      figure <= most ? 'holds' : 'BROKEN',
      held === 'guard' ? '`npm test`' : 'this report',
    ];
  });
  if (rows.length === 0) return [];
  return ['## Budgets', table(['what', 'figure', 'budget', 'unit', 'verdict', 'guarded by'], rows)];
}

function latencySection({ latency }: Report): string[] {
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
  const checks = latency.endToEnd.map(({ runtimeMs, calls, added }): Cell[] => {
    const modelled = latency.rows.find((row) => row.scheme === 'relay' && row.runtimeMs === runtimeMs);
    return [
      runtimeMs,
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
          table(['runtime ms', 'calls', 'added p50', 'p95', 'p99', 'modelled p50', 'modelled p95'], checks),
        ]),
  ];
}

function callSection({ calls }: Report): string[] {
  if (!calls) return [];
  const rows = calls.acts.map(({ name, sums, problem }): Cell[] =>
    sums
      ? [
          name,
          sums.inSequence,
          sums.inAll,
          Number(sums.readUnits.toFixed(1)),
          Number(sums.writeUnits.toFixed(1)),
          Object.entries(sums.byOperation)
            .map(([operation, count]) => `${count} ${operation}`)
            .join(', ') || 'none',
        ]
      : [name, '', '', '', '', `not metered: ${problem}`],
  );
  return [
    '## AWS calls, metered',
    '*In sequence*: how many stand one after the other before the answer. *In all*: with what is done after it.',
    table(['act', 'in sequence', 'in all', 'read units', 'write units', 'by operation'], rows),
  ];
}

function costSection({ cost }: Report): string[] {
  if (!cost) return [];
  const rows = cost.rows.map(({ what, dollars, usage }): Cell[] => [
    what,
    dollarsText(dollars),
    Object.entries(usage)
      .map(([name, count]) => `${name} ${short(count)}`)
      .join(', '),
  ]);
  return [
    '## Cost',
    `us-east-1, prices of ${cost.pricesAsOf} (\`bench/cost/prices.ts\`), functions of ${cost.memoryMb} MB, ` +
      `${Math.round(cost.logBytesPerCall)} bytes logged by the functions for a call. Without free tiers, data transfer, taxes.`,
    table(['what', 'dollars', 'of'], rows),
  ];
}

function coldStartSection({ coldStart }: Report): string[] {
  if (!coldStart) return [];
  const { empty, bareClients, leanClients, functions, breakdown, processes, node } = coldStart;
  const row = ({ name, bytes, importMs }: ImportRow): Cell[] => [
    name,
    bytes,
    Number(importMs.toFixed(1)),
    Number((importMs / bareClients.importMs).toFixed(2)),
  ];
  const total = breakdown.reduce((sum, { bytes }) => sum + bytes, 0);
  return [
    '## Cold start',
    `Import of each bundle in a fresh process, median of ${processes}, in turns; Node.js ${node}.`,
    table(
      ['module', 'bytes', 'import ms', '× bare clients'],
      [empty, bareClients, leanClients, ...functions].map(row),
    ),
    'What is in the bundle of `rpc`:',
    table(
      ['from', 'bytes', 'share'],
      breakdown
        .slice(0, 12)
        .map(({ source, bytes }) => [source, bytes, `${((100 * bytes) / total).toFixed(1)} %`]),
    ),
  ];
}

function growthSection({ growth }: Report): string[] {
  if (!growth) return [];
  return [
    '## Growth',
    'One call beside so much data. The last column is this machine, without added latency.',
    table(
      [
        'gateways',
        'stored rows',
        'AWS calls in sequence',
        'in all',
        'read units',
        'write units',
        'call ms, p50',
      ],
      growth.map((row) => [
        row.gateways,
        row.storedRows,
        row.callsInSequence,
        row.callsInAll,
        row.readUnits,
        row.writeUnits,
        ms(row.callMs),
      ]),
    ),
  ];
}

function throughputSection({ throughput }: Report): string[] {
  if (!throughput) return [];
  return [
    '## Throughput on this machine',
    `${throughput[0]?.callers ?? 0} Apps that call one call after the other. The memory relay (\`bench/machine/memory-relay.ts\`) stores nothing, ` +
      'asks nobody who they are and runs no functions: it is the ceiling of the machine, not a rival.',
    table(
      [
        'runtimes',
        'local host calls/s',
        'p50 ms',
        'p99 ms',
        'MB',
        'memory relay calls/s',
        'p50 ms',
        'p99 ms',
        'MB',
        'ratio',
      ],
      throughput.map(({ runtimes, localHost, memoryRelay, ratio }) => [
        runtimes,
        ...[localHost, memoryRelay].flatMap((row) => [
          Math.round(row.callsPerSecond),
          Number(row.p50Ms.toFixed(1)),
          Number(row.p99Ms.toFixed(1)),
          row.memoryMb,
        ]),
        Math.round(ratio),
      ]),
    ),
  ];
}
