/** What a run came to, against what was expected of it. */
import type { Result } from '../harness/run-cases';

/** A result, and whether its failure was on the list. */
export interface JudgedResult extends Result {
  isExpected?: true;
}

/** A whole run. */
export interface Judgement {
  role: 'server' | 'runtime' | 'app';
  /** Who was judged: a URL or a command. */
  subject: string;
  results: JudgedResult[];
  counts: { passed: number; failed: number; expected: number; notTried: number };
  /** Ids of the list whose cases were run and do not fail, or that no case has. */
  stale: string[];
  /** No case fails that is not on the list, and the list is true. */
  holds: boolean;
}

/** Judges results. `expectedIds` are those of `--expected-failures`; `knownIds` those of every case of the role. */
export function judge(
  role: Judgement['role'],
  subject: string,
  found: readonly Result[],
  expectedIds: readonly string[] = [],
  knownIds: readonly string[] = found.map(({ id }) => id),
): Judgement {
  const expected = new Set(expectedIds);
  const results = found.map(
    (result): JudgedResult =>
      result.outcome === 'failed' && expected.has(result.id) ? { ...result, isExpected: true } : result,
  );
  const count = (fits: (result: JudgedResult) => boolean) => results.filter(fits).length;
  const counts = {
    passed: count(({ outcome }) => outcome === 'passed'),
    failed: count(({ outcome, isExpected }) => outcome === 'failed' && !isExpected),
    expected: count(({ isExpected }) => isExpected === true),
    notTried: count(({ outcome }) => outcome === 'not-tried'),
  };
  const known = new Set(knownIds);
  const stale = [...expected].filter(
    (id) => !known.has(id) || results.some((result) => result.id === id && result.outcome === 'passed'),
  );
  return { role, subject, results, counts, stale, holds: counts.failed === 0 && stale.length === 0 };
}

/** The ids in a file of expected failures: one a line; blank lines and what follows a `#` do not count. */
export function readExpected(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '');
}
