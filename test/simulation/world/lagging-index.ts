/**
 * Indexes that lag. A second copy of a store is told every write some time after the first; what is read through an index is
 * read there. What the index names is then read in the table itself where the adapter does so.
 */
import type { Random } from './random';

type Store = Record<string, (...args: never[]) => unknown>;

/** The methods that read through an index, by their store; `fresh` gives the rows as the table has them. */
export interface IndexReads {
  [method: string]: { fresh?: (store: never, found: never, args: never[]) => unknown };
}

/** The names of methods that change nothing. */
export const reads = /^(read|list|follow|of[A-Z]|paramsOf)/;

/** A store whose index reads see it as it was a while ago. `lagMs` draws how long ago. */
export function laggingStore<Full extends object>(
  store: Full,
  copy: Full,
  indexReads: IndexReads,
  clock: { nowMs: number },
  lagMs: (random: Random) => number,
  random: Random,
): Full {
  const untold: Array<{ atMs: number; method: string; args: never[] }> = [];
  let told = 0;
  const tellUpTo = (atMs: number) => {
    for (; told < untold.length && untold[told]!.atMs <= atMs; told++) {
      const { method, args } = untold[told]!;
      void (copy as Store)[method]!(...args);
    }
  };
  const lagging: Store = {};
  for (const [method, act] of Object.entries(store as Store)) {
    const indexRead = indexReads[method];
    if (indexRead) {
      lagging[method] = (...args) => {
        tellUpTo(clock.nowMs - lagMs(random));
        const found = (copy as Store)[method]!(...args);
        return indexRead.fresh ? indexRead.fresh(store as never, found as never, args) : found;
      };
    } else if (reads.test(method)) lagging[method] = act;
    else {
      lagging[method] = (...args) => {
        untold.push({ atMs: clock.nowMs, method, args });
        return act(...args);
      };
    }
  }
  return lagging as Full;
}
