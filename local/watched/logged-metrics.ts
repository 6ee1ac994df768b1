/** The functions' own metrics: CloudWatch reads them from log lines in its embedded format, and so does this. */
import type { Series } from './series';

interface Directive {
  Dimensions?: string[][];
  Metrics?: Array<{ Name?: string; Unit?: string }>;
}

/** Of each stack there is one here, so the dimension that tells stacks apart says nothing. */
const SAYS_NOTHING = 'Deployment';

/** Counts what a log line measures; does nothing for a line of another kind. */
export function countLogged(series: Series, line: string): void {
  if (!line.startsWith('{') || !line.includes('"_aws"')) return;
  let values: Record<string, unknown>;
  try {
    values = JSON.parse(line);
  } catch {
    return;
  }
  const { CloudWatchMetrics = [] } = (values._aws ?? {}) as { CloudWatchMetrics?: Directive[] };
  for (const { Dimensions = [[]], Metrics = [] } of CloudWatchMetrics) {
    const names = (Dimensions[0] ?? []).filter((name) => name !== SAYS_NOTHING);
    const labels = Object.fromEntries(names.map((name) => [wordOf(name), String(values[name] ?? '')]));
    for (const { Name = '', Unit } of Metrics) {
      const value = Number(values[Name]);
      if (!Number.isFinite(value)) continue;
      const name = `agenttown_${wordOf(Name)}`;
      if (Unit === 'Milliseconds') series.time(`${name}_seconds`, value / 1_000, labels);
      else series.add(`${name}_total`, labels, value);
    }
  }
}

/** `CallTime` → `call_time`. */
function wordOf(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z\d]+/g, '_');
}
