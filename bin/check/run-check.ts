/** Runs a check: the kit's suites, then what only a deployment can show. */
import { type Judged, judge } from './conformance';
import type { Look, Scene, Sight, Target } from './look';
import { last, measuring, waiting } from './looks';
import { Party } from './party';

/** What a check found. */
export interface Findings {
  url: string;
  stackName: string | undefined;
  startedAt: string;
  durationMs: number;
  /** Undefined where the kit was left out. */
  conformance: Judged | undefined;
  looks: Array<Pick<Look, 'id' | 'title' | 'expected'> & Sight>;
}

/** What is run. */
export interface Wanted {
  /** Suites of the kit, with commas; `none` leaves it out. */
  suites: string | undefined;
  /** Ids of looks; all where undefined. */
  only: string[] | undefined;
}

/** Runs it, and says what is under way. */
export async function runCheck(
  target: Target,
  { suites, only }: Wanted,
  say: (text: string) => void,
): Promise<Findings> {
  const [startedAt, sinceMs] = [new Date().toISOString(), performance.now()];
  const looks: Findings['looks'] = [];
  const isWanted = ({ id }: Look) => !only || only.includes(id);
  const party = await Party.open(target);
  const scene: Scene = { target, party, say };
  const look = async (each: Look) => {
    say(each.title);
    looks.push({ id: each.id, title: each.title, expected: each.expected, ...(await seen(each, scene)) });
  };
  let conformance: Judged | undefined;
  try {
    for (const each of measuring.filter(isWanted)) await look(each);
    if (suites !== 'none') say('the sentences of the protocol');
    [conformance] = await Promise.all([
      suites === 'none' ? undefined : judge(target, suites),
      ...waiting.filter(isWanted).map(look),
    ]);
  } finally {
    await party.close();
  }
  for (const each of last.filter(isWanted)) await look(each);
  const order = [...measuring, ...waiting, ...last].map(({ id }) => id);
  looks.sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
  const durationMs = Math.round(performance.now() - sinceMs);
  return { url: target.url, stackName: target.stackName, startedAt, durationMs, conformance, looks };
}

/** Whether all is as expected. */
export const isWell = ({ conformance, looks }: Findings): boolean =>
  (conformance?.holds ?? true) && looks.every(({ outcome }) => outcome !== 'otherwise');

async function seen(each: Look, scene: Scene): Promise<Sight> {
  return each
    .run(scene)
    .catch((error: Error): Sight => ({ outcome: 'otherwise', found: `it broke off: ${error.message}` }));
}
