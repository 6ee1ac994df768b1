/** Builds the simulation and runs it as a program of its own: several times as fast as inside jest. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Patch, writeFunctions, writeWorld } from './build';
import type { Report } from './tally';

/** What a run reported. */
export interface RunReport extends Report {
  /** The world that breached, and how; absent when none did. */
  world?: string;
  breaches?: Array<{ invariant: string; detail: string }>;
}

/** What the engine is told: a young generation for many short lives, and the word by which the timeline runs microtasks. */
export const engineFlags = ['--max-semi-space-size=64', '--allow-natives-syntax'];

/** Builds both scripts, the functions with patches where there are any; gives what runs them. */
export async function builtSimulation(
  name: string,
  patches: Patch[] = [],
): Promise<(...options: string[]) => Promise<RunReport>> {
  const [functions, world] = await Promise.all([
    writeFunctions(`${name}-functions`, patches),
    writeWorld(`${name}-world`, patches),
  ]);
  return async (...options) => {
    const args = [...engineFlags, world, '--functions', functions, '--json', ...options];
    const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 26 }).catch(
      (failed: { stdout?: string }) => {
        // A breach is told on standard output, and by the exit code.
        if (!failed.stdout) throw failed;
        return { stdout: failed.stdout };
      },
    );
    return JSON.parse(stdout.trim().split('\n').at(-1)!);
  };
}
