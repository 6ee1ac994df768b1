import { createInterface } from 'node:readline/promises';
import { Failure } from './failure';

/** Whether somebody is there to answer. */
export function isInteractive(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true;
}

/**
 * Asks for `expected` to be typed. Without a terminal it throws: nothing is ever assumed, `--yes` says it instead.
 */
export async function confirm(text: string, expected: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (!isInteractive()) throw new Failure('There is no terminal to ask on: say --yes if you mean it.', 2);
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await lines.question(`${text}\nType ${expected} to go on: `);
  lines.close();
  if (answer.trim() !== expected) throw new Failure('Nothing was changed.');
}
