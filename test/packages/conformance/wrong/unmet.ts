/** Holds wrong subjects against the list of what each must fail. */
import type { Case } from '../../../../packages/conformance/src/harness/case';
import type { Result, RunOptions } from '../../../../packages/conformance/src/harness/run-cases';

/** Judges one of them by some cases. */
export type Judge<W> = (cases: ReadonlyArray<Case<W>>, options: RunOptions) => Promise<Result[]>;

/** A case that is to fail may fail by waiting; one that is to hold has all the time that a slow machine needs. */
const [failMs, holdMs] = [5_000, 90_000];
/**
 * What is not as the table says: a listed case that held, or one of the sample that failed and is not listed. So many are judged at a time, since
 * most of it is waiting, and those that wait longest begin first.
 */
export async function unmet<W>(
  judges: ReadonlyArray<readonly [fault: string, judge: Judge<W>]>,
  cases: ReadonlyArray<Case<W>>,
  table: Record<string, string[]>,
  sample: readonly string[],
  lanes = 10,
): Promise<string[]> {
  const found: string[] = [];
  for (const fault of Object.keys(table))
    for (const id of table[fault]!)
      if (!cases.some((each) => each.id === id)) found.push(`${fault}: there is no ${id}`);
  /** The results, by case, that are not as the table says, of those cases. */
  const oddOf = async (fault: string, judge: Judge<W>, ids: ReadonlySet<string>) => {
    const listed = new Set(table[fault]);
    const results = await judge(
      cases.filter(({ id }) => ids.has(id)),
      { caseMs: (id) => (listed.has(id) ? failMs : holdMs) },
    );
    return results.filter(({ id, outcome }) => outcome !== (listed.has(id) ? 'failed' : 'passed'));
  };
  const odd: Array<{ fault: string; judge: Judge<W>; ids: Set<string> }> = [];
  const waitsMs = new Map(cases.map((each) => [each.id, each.waitsMs]));
  const longestMs = (fault: string) => Math.max(0, ...table[fault]!.map((id) => waitsMs.get(id) ?? 0));
  const queue = [...judges].sort(([one], [other]) => longestMs(other) - longestMs(one));
  const lane = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [fault, judge] = next;
      const results = await oddOf(fault, judge, new Set([...table[fault]!, ...sample]));
      if (results.length > 0) odd.push({ fault, judge, ids: new Set(results.map(({ id }) => id)) });
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  // What comes too late is not seen by a case that waits for it: a machine that was busy with all of them gets each once more, alone.
  for (const { fault, judge, ids } of odd)
    for (const { id, outcome, reason = '' } of await oddOf(fault, judge, ids))
      found.push(`${fault}: ${id} ${outcome} ${reason}`.trimEnd());
  return found;
}

/** The cases that nobody in a table fails. */
export function neverFailed(cases: ReadonlyArray<{ id: string }>, table: Record<string, string[]>): string[] {
  const failed = new Set(Object.values(table).flat());
  return cases.map(({ id }) => id).filter((id) => !failed.has(id));
}
