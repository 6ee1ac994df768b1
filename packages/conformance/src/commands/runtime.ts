/** `agenttown-conformance runtime`. */
import { runtimeCases } from '../runtime/cases';
import { judgeRuntime } from '../runtime/judge-runtime';
import { type Choice, chosen, report } from './choice';

/** Its own options. */
export interface RuntimeChoice extends Choice {
  exec: string;
}

/** Judges the runtime that a command starts, and gives the exit code. */
export async function runtime(options: RuntimeChoice, say: (text: string) => void): Promise<number> {
  const results = await judgeRuntime(options.exec, chosen(runtimeCases, options));
  return report('runtime', options.exec, results, runtimeCases, options, say);
}
