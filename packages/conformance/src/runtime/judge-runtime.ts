/** The runtime's part of the kit. */
import type { Case } from '../harness/case';
import { type Result, type RunOptions, runCases } from '../harness/run-cases';
import { runtimeCases } from './cases';
import { type LaunchRuntime, runtimeCommand } from './runtime-under-test';
import { RuntimeRun, RuntimeWorld } from './world';

/** Judges a runtime by these cases, by default by all: a command, something else that can be started, or one that has come by itself. */
export async function judgeRuntime(
  runtime: string | LaunchRuntime | RuntimeRun,
  cases: ReadonlyArray<Case<RuntimeWorld>> = runtimeCases,
  options: RunOptions = {},
): Promise<Result[]> {
  const launch = typeof runtime === 'string' ? runtimeCommand(runtime) : runtime;
  const run = launch instanceof RuntimeRun ? launch : RuntimeRun.of(launch);
  try {
    const worlds = { open: () => new RuntimeWorld(run), close: (world: RuntimeWorld) => world.end() };
    return await runCases(cases, worlds, { atATime: 4, ...options });
  } finally {
    await run.end();
  }
}
