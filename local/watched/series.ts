/** Numbers in the text format of Prometheus: sums that grow, and times in buckets. Labels come from a short list of words. */

type Labels = Readonly<Record<string, string>>;

/** Upper bounds of a time's buckets, in seconds: from a quick call to the longest. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** A program that invents labels fills no memory: beyond so many sums the rest is left out. */
const MAX_SERIES = 500;

interface Times {
  counts: number[];
  sum: number;
  count: number;
}

/** What is counted, from a start on. */
export class Series {
  readonly #sums = new Map<string, Map<string, number>>();
  readonly #times = new Map<string, Map<string, Times>>();

  /** Adds to a sum. */
  add(name: string, labels: Labels = {}, value = 1): void {
    const sums = entry(this.#sums, name, () => new Map<string, number>());
    const key = labelText(labels);
    if (sums.has(key) || sums.size < MAX_SERIES) sums.set(key, (sums.get(key) ?? 0) + value);
  }

  /** Puts a time into its bucket. */
  time(name: string, seconds: number, labels: Labels = {}): void {
    const times = entry(this.#times, name, () => new Map<string, Times>());
    const key = labelText(labels);
    if (!times.has(key) && times.size >= MAX_SERIES) return;
    const one = entry(times, key, () => ({ counts: BOUNDS.map(() => 0), sum: 0, count: 0 }));
    one.count += 1;
    one.sum += seconds;
    for (const [i, bound] of BOUNDS.entries()) if (seconds <= bound) one.counts[i]! += 1;
  }

  /** Everything that was counted, then `gauges` as they are at this moment. */
  text(gauges: Readonly<Record<string, number>>): string {
    const lines: string[] = [];
    for (const [name, sums] of this.#sums) {
      lines.push(`# TYPE ${name} counter`);
      for (const [labels, value] of sums) lines.push(`${name}${braced(labels)} ${value}`);
    }
    for (const [name, times] of this.#times) {
      lines.push(`# TYPE ${name} histogram`);
      for (const [labels, { counts, sum, count }] of times) {
        const bucket = (le: string) => `${name}_bucket${braced(labels && `${labels},`, `le="${le}"`)}`;
        for (const [i, bound] of BOUNDS.entries()) lines.push(`${bucket(String(bound))} ${counts[i]}`);
        lines.push(`${bucket('+Inf')} ${count}`);
        lines.push(`${name}_sum${braced(labels)} ${sum}`, `${name}_count${braced(labels)} ${count}`);
      }
    }
    for (const [name, value] of Object.entries(gauges))
      lines.push(`# TYPE ${name} gauge`, `${name} ${value}`);
    return `${lines.join('\n')}\n`;
  }
}

function entry<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}

function labelText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`))}"`)
    .join(',');
}

function braced(...texts: string[]): string {
  const text = texts.join('');
  return text === '' ? '' : `{${text}}`;
}
