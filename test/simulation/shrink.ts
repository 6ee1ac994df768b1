/** Makes a plan that breaches an invariant as small as it can be made. */
import type { Intention, Plan } from './plan';
import { calm, type Group } from './world/probabilities';

/** How many other seeds are tried for the calls that a breach names, alone. */
const otherSeeds = 120;

/** Whether a plan still breaches. */
export type Breaches = (plan: Plan) => Promise<boolean>;

/**
 * Leaves out intentions, in ever smaller groups, and kinds of evil, as long as the breach stays; `maxRuns` bounds the
 * patience. Before that it tries the calls that the breach names with nobody else around, under other seeds: which of two
 * clocks is ahead, say, is the seed's.
 */
export async function shrink(plan: Plan, detail: string, breaches: Breaches, maxRuns = 400): Promise<Plan> {
  let runs = 0;
  let best = plan;
  const attempt = async (candidate: Plan) => {
    if (runs++ >= maxRuns || !(await breaches(candidate))) return false;
    best = candidate;
    return true;
  };
  const named = new Set([...detail.matchAll(/\bcall-(\d+)/g)].map((match) => Number(match[1])));
  const alone = plan.intentions.filter(({ n }) => named.has(n));
  for (let other = 0; alone.length > 0 && other < otherSeeds; other++) {
    if (await attempt({ ...plan, intentions: alone, seed: plan.seed + other })) break;
  }
  for (const group of Object.keys(calm) as Group[]) {
    if (best.strength[group] > 0) await attempt({ ...best, strength: { ...best.strength, [group]: 0 } });
  }
  for (
    let size = Math.ceil(best.intentions.length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let at = 0; at < best.intentions.length && runs < maxRuns; ) {
      const left: Intention[] = [...best.intentions.slice(0, at), ...best.intentions.slice(at + size)];
      if (!(await attempt({ ...best, intentions: left }))) at += size;
    }
  }
  return best;
}
