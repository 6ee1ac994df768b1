/** Runs cases: side by side where they allow it, each with a time by which it must have come to an end. */
import type { Case } from './case';
import { masked } from './expect';
import { NotTried } from './not-tried';

/** What became of a case. */
export interface Result {
  id: string;
  suite: string;
  section: string;
  says: string;
  /** `not-tried`: it needs what is not here; `reason` says what. */
  outcome: 'passed' | 'failed' | 'not-tried';
  reason?: string;
  durationMs: number;
}

/** Where each case gets its world, and who clears up after it. */
export interface Worlds<W> {
  open(): W;
  close(world: W): Promise<void>;
}

/** How cases are run. */
export interface RunOptions {
  /** How many at a time. Default 16. */
  atATime?: number;
  /** A case that takes longer, beside what it waits by itself, has failed. Default 45 s, which is a slow machine's. */
  caseMs?: number | ((id: string) => number);
  onResult?: (result: Result) => void;
}

/** Runs them all and gives their results in the order of the cases. */
export async function runCases<W>(
  cases: readonly Case<W>[],
  worlds: Worlds<W>,
  { atATime = 16, caseMs = 45_000, onResult }: RunOptions = {},
): Promise<Result[]> {
  const results = new Map<string, Result>();
  const runOne = async (each: Case<W>) => {
    const ownMs = typeof caseMs === 'number' ? caseMs : caseMs(each.id);
    const result = await runCase(each, worlds, ownMs + each.waitsMs);
    results.set(each.id, result);
    onResult?.(result);
  };
  const together = cases.filter(({ alone }) => !alone).sort((one, other) => other.waitsMs - one.waitsMs);
  await inLanes(together, atATime, runOne);
  await inLanes(
    cases.filter(({ alone }) => alone),
    1,
    runOne,
  );
  return cases.map(({ id }) => results.get(id)!);
}

async function inLanes<T>(
  items: readonly T[],
  lanes: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < items.length) await work(items[next++]!);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

async function runCase<W>(each: Case<W>, worlds: Worlds<W>, caseMs: number): Promise<Result> {
  const { id, suite, section, says } = each;
  const startedAtMs = performance.now();
  const result = (outcome: Result['outcome'], reason?: string): Result => ({
    id,
    suite,
    section,
    says,
    outcome,
    ...(reason === undefined ? {} : { reason }),
    durationMs: Math.round(performance.now() - startedAtMs),
  });
  const world = worlds.open();
  try {
    const reason = each.unlessTried?.(world);
    if (reason !== undefined) return result('not-tried', reason);
    await within(each.run(world), caseMs);
    return result('passed');
  } catch (error) {
    const reason = masked(error instanceof Error ? error.message : String(error));
    return result(error instanceof NotTried ? 'not-tried' : 'failed', reason);
  } finally {
    await within(worlds.close(world), 20_000).catch(() => {});
  }
}

async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end within ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
