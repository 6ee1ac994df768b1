/** What depends on the machine as tables: cold starts and throughput. */
import type { ImportRow } from '../machine/cold-start';
import type { Report } from './report';
import { type Cell, table } from './table';

/** Empty where cold starts were not measured. */
export function coldStartSection({ coldStart }: Report): string[] {
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

/** Empty where throughput was not measured. */
export function throughputSection({ throughput }: Report): string[] {
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
