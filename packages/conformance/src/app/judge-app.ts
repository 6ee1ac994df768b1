/** The App's part of the kit. */
import type { Case } from '../harness/case';
import { type Result, type RunOptions, runCases } from '../harness/run-cases';
import type { Launch } from './app-under-test';
import { appCases } from './cases';
import { AppRun, AppWorld } from './world';

/** Judges an App by these cases, by default by all. */
export async function judgeApp(
  launch: Launch,
  cases: ReadonlyArray<Case<AppWorld>> = appCases,
  options: RunOptions = {},
): Promise<Result[]> {
  const run = new AppRun(launch);
  try {
    const worlds = { open: () => new AppWorld(run), close: (world: AppWorld) => world.end() };
    return await runCases(cases, worlds, { atATime: 8, ...options });
  } finally {
    await run.end();
  }
}
