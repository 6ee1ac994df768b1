import type { LogLine } from './host-log';

/** How a log is written: as lines for people, or as JSON for programs. */
export type LogForm = 'text' | 'json';

/** A line that is longer is cut: no request fills a disk. */
const MAX_CHARACTERS = 8_192;

/** Where the two streams of a process go. */
interface Streams {
  out(text: string): void;
  error(text: string): void;
}

/**
 * Takes the lines of a host. Functions write one for each request: without `verbose` only warnings pass. `text`: those of the
 * host go to standard error. `json`: each is an object with `time` and, where a function wrote it, `function`.
 */
export function logSink(
  { verbose, form }: { verbose: boolean; form: LogForm },
  streams: Streams = { out: console.log, error: console.error },
): (line: LogLine) => void {
  return ({ functionLogicalId, line }) => {
    if (functionLogicalId && !verbose && isRoutine(line)) return;
    if (form === 'json') streams.out(JSON.stringify(recordOf(functionLogicalId, line)));
    else if (functionLogicalId) streams.out(`[${functionLogicalId}] ${cut(line)}`);
    else streams.error(cut(line));
  };
}

function recordOf(functionLogicalId: string | undefined, line: string): Record<string, unknown> {
  const about = { time: new Date().toISOString(), ...(functionLogicalId && { function: functionLogicalId }) };
  if (line.length <= MAX_CHARACTERS && line.startsWith('{')) {
    try {
      return { ...about, ...JSON.parse(line) };
    } catch {
      // A line that only looks like it.
    }
  }
  return { ...about, message: cut(line) };
}

function cut(line: string): string {
  return line.length > MAX_CHARACTERS ? `${line.slice(0, MAX_CHARACTERS)} … (cut)` : line;
}

/** Structured lines below a warning, and metrics. */
function isRoutine(line: string): boolean {
  if (!line.startsWith('{')) return false;
  const [, level] = /"level":"(\w+)"/.exec(line) ?? [];
  return level === undefined ? line.includes('"_aws"') : /^(TRACE|DEBUG|INFO)$/i.test(level);
}
