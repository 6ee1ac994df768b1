/** Commands are started in groups of their own, so that what their shell started ends with them. */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';

/** How long one may take to end when asked, in milliseconds. */
const endMs = 3_000;

/** A command that was started. */
export interface StartedCommand {
  child: ChildProcess;
  /** Its exit code, once it has ended. */
  ended: Promise<number | null>;
  /** Asks it to end, and makes it end where it does not. */
  end(): Promise<void>;
}

/** Starts a command with what it is given by environment; what it says to people shows where CONFORMANCE_SHOW is set. */
export function startCommand(
  command: string,
  environment: Record<string, string>,
  [input, output]: ['ignore' | 'pipe', 'ignore' | 'pipe'],
): StartedCommand {
  const stdio: StdioOptions = [input, output, process.env.CONFORMANCE_SHOW ? 'inherit' : 'ignore'];
  const child = spawn(command, {
    shell: true,
    detached: true,
    stdio,
    env: { ...process.env, ...environment },
  });
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', resolve).on('error', () => resolve(null));
  });
  return {
    child,
    ended,
    async end() {
      kill(child, 'SIGTERM');
      const late = setTimeout(() => kill(child, 'SIGKILL'), endMs);
      await ended;
      clearTimeout(late);
    },
  };
}

function kill({ pid, exitCode }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined || exitCode !== null) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
