/** What the kit is made of: a case holds one sentence of the protocol against whoever is under test. */

/** One case. `W` is what its side gives it to work with. */
export interface Case<W> {
  /** Unique in its role, kebab-case, begins with the name of its suite. */
  id: string;
  suite: string;
  /** The heading of `docs/protocol.md` under which the sentence stands. */
  section: string;
  /** The sentence, or the part of it, word for word. */
  says: string;
  /** Other sentences that it holds as well, each with its heading. */
  also: ReadonlyArray<readonly [section: string, says: string]>;
  /** Throws where the sentence does not hold. */
  run(world: W): Promise<void>;
  /** Runs after the others and by itself, since it uses up what they need. */
  alone: boolean;
  /** How long it waits by itself, in milliseconds, as for a time that the protocol names; the longest begin first. */
  waitsMs: number;
  /** Why it cannot be tried here, where it cannot. */
  unlessTried?: (world: W) => string | undefined;
}

/** How a case is told apart from others of its suite. */
export interface CaseOptions<W> {
  also?: Case<W>['also'];
  alone?: boolean;
  waitsMs?: number;
  unlessTried?: (world: W) => string | undefined;
}

/** What collects the cases of a suite. */
export interface Suite<W> {
  cases: Case<W>[];
  /** Names the heading for the cases that follow. */
  section(heading: string): void;
  /** Adds one case: its id without the suite's name, its sentence, and what to do. */
  it(id: string, says: string, run: (world: W) => Promise<void>, options?: CaseOptions<W>): void;
}

/** Begins a suite. */
export function suiteOf<W>(suite: string): Suite<W> {
  let section = '';
  const cases: Case<W>[] = [];
  return {
    cases,
    section(heading) {
      section = heading;
    },
    it(id, says, run, { alone = false, also = [], waitsMs = 0, unlessTried } = {}) {
      cases.push({
        id: `${suite}-${id}`,
        suite,
        section,
        says,
        run,
        alone,
        also,
        waitsMs,
        ...(unlessTried ? { unlessTried } : {}),
      });
    },
  };
}
