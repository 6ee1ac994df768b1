/** The few figures that tables of times need. */

/** A distribution in four figures, in the unit of its values. */
export interface Spread {
  p50: number;
  p95: number;
  p99: number;
  mean: number;
}

/** The value that a share (0 to 1) of all values do not exceed, by the nearest rank. Throws without values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error('There is no percentile of no values.');
  return value;
}

/** Median, 95th and 99th percentile and mean. Throws without values. */
export function spreadOf(values: readonly number[]): Spread {
  return {
    p50: percentile(values, 0.5),
    p95: percentile(values, 0.95),
    p99: percentile(values, 0.99),
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
  };
}
