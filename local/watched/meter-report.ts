import type { MeteredCall } from '../types';

/** A table of AWS calls: a line per function and operation, with DynamoDB's request units. */
export function meterReport(calls: readonly MeteredCall[]): string {
  const rows = new Map<string, { calls: number; readUnits: number; writeUnits: number; ms: number }>();
  for (const call of calls) {
    const key = `${call.caller} ${call.service}:${call.operation}`;
    const row = rows.get(key) ?? { calls: 0, readUnits: 0, writeUnits: 0, ms: 0 };
    row.calls += 1;
    row.readUnits += call.readUnits;
    row.writeUnits += call.writeUnits;
    row.ms += call.endedAt - call.startedAt;
    rows.set(key, row);
  }
  if (rows.size === 0) return 'No AWS calls.';
  const table = [
    ['function', 'operation', 'calls', 'read units', 'write units', 'ms each'],
    ...[...rows]
      .sort(([one], [other]) => one.localeCompare(other))
      .map(([key, row]) => [
        ...key.split(' '),
        String(row.calls),
        row.readUnits.toFixed(1),
        row.writeUnits.toFixed(1),
        (row.ms / row.calls).toFixed(1),
      ]),
  ];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  return table
    .map((row) =>
      row
        .map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
