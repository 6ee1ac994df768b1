/** What an installation would do, as a list that can be printed before it is carried out. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from '../failure';

/** One act. `secret` keeps a file's text out of what is printed. */
export type Step =
  | { act: 'write'; path: string; text: string; mode: number; secret?: boolean }
  | { act: 'directory'; path: string; mode: number }
  | { act: 'remove'; path: string }
  | { act: 'run'; command: string[]; mayFail?: boolean };

/** The steps for a person: every file with its mode and text, every command. */
export function planText(steps: Step[]): string {
  return steps.map(textOf).join('\n');
}

function textOf(step: Step): string {
  switch (step.act) {
    case 'write': {
      const text = step.secret ? step.text.replace(/(TOKEN=).*/g, '$1(kept secret)') : step.text;
      const lines = text.trimEnd().split('\n');
      return [
        `write ${step.path} (${step.mode.toString(8)})`,
        ...lines.map((line) => `  | ${line}`.trimEnd()),
      ].join('\n');
    }
    case 'directory':
      return `make ${step.path} (${step.mode.toString(8)})`;
    case 'remove':
      return `remove ${step.path}`;
    case 'run':
      return `run ${step.command.join(' ')}`;
  }
}

/** Carries the steps out, in order. Throws one sentence that names the step that failed. */
export function carryOut(steps: Step[]): void {
  for (const step of steps) {
    try {
      apply(step);
    } catch (error) {
      if (step.act === 'run' && step.mayFail) continue;
      const [reason] = String((error as { stderr?: Buffer }).stderr ?? (error as Error).message)
        .trim()
        .split('\n');
      throw new Failure(`This did not succeed: ${textOf(step).split('\n')[0]}: ${reason}`);
    }
  }
}

function apply(step: Step): void {
  switch (step.act) {
    case 'write':
      mkdirSync(dirname(step.path), { recursive: true });
      writeFileSync(step.path, step.text, { mode: step.mode });
      // The mode above counts only for a new file.
      chmodSync(step.path, step.mode);
      return;
    case 'directory':
      mkdirSync(step.path, { recursive: true, mode: step.mode });
      chmodSync(step.path, step.mode);
      return;
    case 'remove':
      rmSync(step.path, { recursive: true, force: true });
      return;
    case 'run':
      execFileSync(step.command[0]!, step.command.slice(1), { stdio: ['ignore', 'ignore', 'pipe'] });
  }
}
