/** Commands are started in groups of their own. */
import type { ChildProcess } from 'node:child_process';

/** Ends a command with whatever it started. */
export function kill({ pid, exitCode }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined || exitCode !== null) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
