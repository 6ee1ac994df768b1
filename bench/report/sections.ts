/** Each section of the report as Markdown: a heading, and its tables with what they say. */

import { type Budget, budgets, entriesOf } from '../figures/budgets';
import { latencySection } from './latency-tables';
import { coldStartSection, sealedSection, throughputSection } from './machine-tables';
import type { Report } from './report';
import { type Cell, dollarsText, ms, short, table } from './table';

/** The sections, by the name under which a document may hold their tables. A section that did not run is empty. */
export const sections: Record<string, (report: Report) => string[]> = {
  budgets: budgetSection,
  latency: latencySection,
  calls: callSection,
  cost: costSection,
  'cold-start': coldStartSection,
  growth: growthSection,
  throughput: throughputSection,
  sealed: sealedSection,
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
    `Functions that ran while ${calls.running.calls} calls waited for their runtimes: ${calls.running.http} by HTTP, ` +
      `${calls.running.socket} on Apps' sockets. So 1,000 calls of 10 s hold 1,000 of the account's concurrency by HTTP, and none on sockets. ` +
      `Guards of 20 calls that ended together came ${calls.guardsTogether.toFixed(1)} at a time.`,
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
