/** Who did what when: kept only where somebody asked for it, since most worlds are run to be forgotten. */
import type { Timeline } from './timeline';

/** One line. */
export interface TraceLine {
  atMs: number;
  who: string;
  what: string;
}

const maxTold = 160;

/** The lines of one world. */
export class Trace {
  readonly lines: TraceLine[] = [];

  private begunMs = 0;

  constructor(
    private readonly timeline: Timeline,
    readonly on: boolean,
  ) {}

  /** Everybody is paired: what matters begins now. */
  begin(): void {
    this.begunMs = this.timeline.nowMs;
  }

  /** The lines from then on. */
  get sinceBeginning(): TraceLine[] {
    return this.lines.filter(({ atMs }) => atMs >= this.begunMs);
  }

  /** Notes what somebody does. Ask `on` first where the telling costs. */
  tell(who: string, what: string, facts: unknown[] = []): void {
    if (!this.on) return;
    const told = facts.map((fact) => (typeof fact === 'string' ? fact : JSON.stringify(fact))).join(' ');
    const text = `${what} ${told}`.trim();
    this.lines.push({
      atMs: this.timeline.nowMs,
      who,
      what: text.length > maxTold ? `${text.slice(0, maxTold)}…` : text,
    });
  }
}

/** What concerns some calls, by their ids or the keys that their functions gave them; and how the runtimes fared meanwhile. */
export function linesAbout(lines: TraceLine[], ids: string[]): TraceLine[] {
  const names = new Set(ids);
  for (const { what } of lines) {
    const id = ids.find((each) => what.includes(`"id":"${each}"`));
    const key = id && /"callKey":"([\w-]{22})"/.exec(what)?.[1];
    if (key) names.add(key);
  }
  const isAbout = (what: string) =>
    [...names].some((name) => new RegExp(`(^|[^\\w-])(rpc_)?${name}`).test(what));
  return lines.filter(
    ({ who, what }) => isAbout(what) || (who.startsWith('runtime') && !what.includes('rpc_')),
  );
}

/** The lines as a table. */
export function traceTable(lines: TraceLine[]): string {
  const width = lines.reduce((widest, { who }) => Math.max(widest, who.length), 3);
  const rows = lines.map(
    ({ atMs, who, what }) => `${atMs.toFixed(1).padStart(10)}  ${who.padEnd(width)}  ${what}`,
  );
  return [`${'ms'.padStart(10)}  ${'who'.padEnd(width)}  what`, ...rows].join('\n');
}
