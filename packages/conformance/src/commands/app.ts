/** `agenttown-conformance app`. */
import { commandOf } from '../app/app-under-test';
import { appCases } from '../app/cases';
import { judgeApp } from '../app/judge-app';
import { type Choice, chosen, report } from './choice';

/** Its own options. */
export interface AppChoice extends Choice {
  exec: string;
}

/** Judges the App that a command starts, and gives the exit code. */
export async function app(options: AppChoice, say: (text: string) => void): Promise<number> {
  const results = await judgeApp(commandOf(options.exec), chosen(appCases, options));
  return report('app', options.exec, results, appCases, options, say);
}
