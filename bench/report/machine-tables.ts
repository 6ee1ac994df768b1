/** What depends on the machine as tables: cold starts and throughput. */
import type { ImportRow } from '../machine/cold-start';
import type { LoadRow } from '../machine/throughput';
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

/** What sealing costs. */
export function sealedSection({ sealed }: Report): string[] {
  if (!sealed) return [];
  const { pairingMs, sessionMs, rows } = sealed;
  return [
    '## Sealed calls',
    `The exchange takes ${tenths(pairingMs)} ms of both ends, the first call of a session ${tenths(sessionMs)} ms with its handshake. Below: a call and its answer of the ` +
      'same size, sealed and opened, both ends in one process without a relay; bytes beyond the plain call and its answer together.',
    table(
      ['bytes', 'more bytes', 'of it padding', 'p50 ms', 'p99 ms'],
      rows.map(({ bytes, moreBytes, paddingBytes, p50Ms, p99Ms }) => [
        bytes,
        moreBytes,
        paddingBytes,
        Number(p50Ms.toFixed(2)),
        Number(p99Ms.toFixed(2)),
      ]),
    ),
  ];
}

/** Empty where throughput was not measured. */
export function throughputSection({ throughput }: Report): string[] {
  if (!throughput) return [];
  return [
    '## Throughput on this machine',
    `${throughput[0]?.callers ?? 0} Apps that call one call after the other. The memory relay (\`bench/machine/memory-relay.ts\`) stores nothing, ` +
      'asks nobody who they are and runs no functions: it is the ceiling of the machine, not a rival. Alone: a single caller, after that.',
    table(
      [
        'runtimes',
        'local host calls/s',
        'p50 ms',
        'p99 ms',
        'MB',
        'alone p50 ms',
        'alone on a socket p50 ms',
        'memory relay calls/s',
        'p50 ms',
        'p99 ms',
        'MB',
        'alone p50 ms',
        'ratio',
      ],
      throughput.map(({ runtimes, localHost, aloneOnSocketP50Ms, memoryRelay, ratio }) => [
        runtimes,
        ...cells(localHost),
        tenths(aloneOnSocketP50Ms),
        ...cells(memoryRelay),
        Math.round(ratio),
      ]),
    ),
  ];
}

const tenths = (ms: number): number => Number(ms.toFixed(1));

const cells = ({ callsPerSecond, p50Ms, p99Ms, memoryMb, aloneP50Ms }: LoadRow): Cell[] => [
  Math.round(callsPerSecond),
  tenths(p50Ms),
  tenths(p99Ms),
  memoryMb,
  tenths(aloneP50Ms),
];
