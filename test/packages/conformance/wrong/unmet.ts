/** Holds wrong subjects against the list of what each must fail. */
import type { Case } from '../../../../packages/conformance/src/harness/case';
import type { Result } from '../../../../packages/conformance/src/harness/run-cases';

/** Judges one of them by some cases. */
export type Judge<W> = (cases: ReadonlyArray<Case<W>>, options: { caseMs: number }) => Promise<Result[]>;

/** A case that is to fail may fail by waiting; one that is to hold has all the time that a slow machine needs. */
const [failMs, holdMs] = [5_000, 90_000];
/** How many are judged at a time: most of it is waiting. */
const lanes = 10;

/** What is not as the table says: a listed case that held, or one of the sample that failed and is not listed. */
export async function unmet<W>(
  judges: ReadonlyArray<readonly [fault: string, judge: Judge<W>]>,
  cases: ReadonlyArray<Case<W>>,
  table: Record<string, string[]>,
  sample: readonly string[],
): Promise<string[]> {
  const found: string[] = [];
  const named = (ids: readonly string[]) => cases.filter(({ id }) => ids.includes(id));
  const queue = [...judges];
  const lane = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [fault, judge] = next;
      const listed = table[fault]!;
      const failing = await judge(named(listed), { caseMs: failMs });
      const holding = await judge(named(sample.filter((id) => !listed.includes(id))), { caseMs: holdMs });
      for (const { id, outcome } of failing)
        if (outcome !== 'failed') found.push(`${fault}: ${id} ${outcome}`);
      for (const { id, outcome, reason } of holding)
        if (outcome !== 'passed') found.push(`${fault}: ${id} ${outcome}, ${reason}`);
      const missing = listed.filter((id) => !cases.some((each) => each.id === id));
      found.push(...missing.map((id) => `${fault}: there is no ${id}`));
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return found;
}
