/** The runtime's part of the kit. */
import type { Case } from '../harness/case';
import { type Result, type RunOptions, runCases } from '../harness/run-cases';
import { runtimeCases } from './cases';
import { RuntimeRun, RuntimeWorld } from './world';

/** Judges the runtime that a command starts, by these cases, by default by all. */
export async function judgeRuntime(
  command: string,
  cases: ReadonlyArray<Case<RuntimeWorld>> = runtimeCases,
  options: RunOptions = {},
): Promise<Result[]> {
  const run = new RuntimeRun(command);
  try {
    const worlds = { open: () => new RuntimeWorld(run), close: (world: RuntimeWorld) => world.end() };
    return await runCases(cases, worlds, { atATime: 4, ...options });
  } finally {
    await run.end();
  }
}
