/** A chaos run as a table: what happened to it, and what the three books say. */
import type { Books } from './audit';
import type { Fate } from './fate';
import type { ChaosRuntime } from './runtime';

/** A line for each fact, its name first. */
export function summaryOf({ apps, runtimes, rows }: Books, fate: Fate): string {
  const words = count(apps.flatMap((app) => app.books.map((book) => book.words.at(-1)!)));
  const heard = count(apps.flatMap((app) => app.books.flatMap((book) => book.words)));
  const outcomes = count(rows.map((row) => row.outcome ?? 'pending'));
  const latest = Math.max(...apps.flatMap((app) => app.books.map((book) => book.latestMs)));
  const sum = (of: (runtime: ChaosRuntime) => number) =>
    runtimes.reduce((total, runtime) => total + of(runtime), 0);
  const lines = [
    ['blows', listed(fate.struck)],
    ['AWS calls struck', listed(fate.weather.struck)],
    ['Apps heard', listed(heard)],
    ['Apps, last word', listed(words)],
    ['Rpcs', listed(outcomes)],
    ['posted', String(sum(({ posted }) => posted.size))],
    ['executed', String(sum(({ executed }) => executed.size))],
    ['answers sent again', String(sum(({ sentAgain }) => sentAgain))],
    ['calls begun', String(apps.reduce((total, app) => total + app.books.length, 0))],
    ['latest answer, ms after the deadline', String(Math.round(latest))],
  ];
  return lines.map(([name, value]) => `${name!.padEnd(38)}${value}`).join('\n');
}

function count(words: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

function listed(counts: Record<string, number>): string {
  return Object.entries(counts)
    .map(([name, times]) => `${name} ${times}`)
    .join(', ');
}
