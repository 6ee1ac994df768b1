/** Markdown tables, and how figures are written in them. */
import type { Spread } from '../figures/statistics';

/** A cell: numbers stand to the right. */
export type Cell = string | number;

/** A table. A column of numbers, some of them perhaps missing, is set to the right. */
export function table(head: string[], rows: Cell[][]): string {
  const right = head.map((_, column) =>
    rows.every((row) => typeof row[column] === 'number' || row[column] === ''),
  );
  const line = (cells: Cell[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(right.map((is) => (is ? '---:' : '---'))), ...rows.map(line)].join('\n');
}

/** Median, 95th and 99th percentile, in milliseconds. */
export function spread({ p50, p95, p99 }: Spread): Cell[] {
  return [ms(p50), ms(p95), ms(p99)];
}

/** Milliseconds with no more digits than they are worth. */
export function ms(value: number): number {
  return value < 10 ? Number(value.toFixed(1)) : Math.round(value);
}

/** A large number, short. */
export function short(count: number): string {
  if (count >= 1e6) return `${Number((count / 1e6).toPrecision(3))} M`;
  return String(Number(count.toPrecision(3)));
}

/** Dollars: cents, and below ten cents two digits. */
export function dollarsText(dollars: number): string {
  return `$${dollars < 0.1 ? Number(dollars.toPrecision(2)) : dollars.toFixed(2)}`;
}
