/** Commands of this project as a person runs them, whose lines can be waited for. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A command under way. */
export interface Running {
  lines: string[];
  /** Waits for a line; gives the pattern's first group, or the whole match. */
  line(pattern: RegExp): Promise<string>;
  stop(): Promise<void>;
}

/** Starts a script with this Node.js, or another. */
export function start(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  node = process.execPath,
): Running {
  const child: ChildProcess = spawn(node, args, {
    env: { PATH: process.env.PATH, ...environment },
  });
  const lines: string[] = [];
  let waiting: Array<() => void> = [];
  let isOver = false;
  const wake = () => {
    const all = waiting;
    waiting = [];
    for (const tell of all) tell();
  };
  for (const input of [child.stdout!, child.stderr!])
    createInterface({ input }).on('line', (line) => {
      lines.push(line);
      if (process.env.SHOW_LOGS) console.error(line);
      wake();
    });
  child.on('close', () => {
    isOver = true;
    wake();
  });
  return {
    lines,
    async line(pattern) {
      for (;;) {
        for (const line of lines) {
          const match = pattern.exec(line);
          if (match) return match[1] ?? match[0];
        }
        if (isOver) throw new Error(`${args.join(' ')} ended without ${pattern}: ${lines.join('\n')}`);
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    async stop() {
      if (isOver) return;
      const closed = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGTERM');
      await closed;
    },
  };
}
