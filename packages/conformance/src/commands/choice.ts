/** Which cases a command line means, and where their results go. */
import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Case } from '../harness/case';
import type { Result } from '../harness/run-cases';
import { type Judgement, judge, readExpected } from '../report/judgement';
import { jsonOf, junitOf, textOf } from '../report/reports';

/** What can be said of any role. */
export interface Choice {
  suite?: string[];
  only?: string[];
  expectedFailures?: string;
  json?: string | true;
  junit?: string;
}

/** What is wrong with a command line. */
export class Misuse extends Error {}

const collect = (value: string, all: string[] = []) => [...all, ...value.split(',')];

/** Adds the options that every role has. */
export function withChoice(command: Command): Command {
  return command
    .option('--suite <names>', 'only these suites', collect)
    .option('--only <ids>', 'only these cases', collect)
    .option(
      '--expected-failures <file>',
      'ids of cases that fail, one a line; one that does not fail is a failure',
    )
    .option('--json [file]', 'the results as JSON, here or in a file')
    .option('--junit <file>', 'the results as JUnit');
}

/** The cases that are meant; naming none that there is, is a mistake. */
export function chosen<W>(cases: ReadonlyArray<Case<W>>, { suite, only }: Choice): Array<Case<W>> {
  const unknown = [
    ...(suite ?? []).filter((name) => !cases.some((each) => each.suite === name)),
    ...(only ?? []).filter((id) => !cases.some((each) => each.id === id)),
  ];
  if (unknown.length > 0)
    throw new Misuse(
      `There is no ${unknown.join(', ')}. Suites: ${[...new Set(cases.map((each) => each.suite))].join(', ')}.`,
    );
  return cases.filter((each) => (!suite || suite.includes(each.suite)) && (!only || only.includes(each.id)));
}

/** Tells what was found where it is wanted, and gives the exit code. */
export async function report(
  role: Judgement['role'],
  subject: string,
  results: readonly Result[],
  cases: ReadonlyArray<{ id: string }>,
  { expectedFailures, json, junit }: Choice,
  say: (text: string) => void,
): Promise<number> {
  const expected = expectedFailures ? readExpected(await readFile(expectedFailures, 'utf8')) : [];
  const judgement = judge(
    role,
    subject,
    results,
    expected,
    cases.map(({ id }) => id),
  );
  if (junit) await writeFile(junit, junitOf(judgement));
  if (typeof json === 'string') await writeFile(json, jsonOf(judgement));
  say(json === true ? jsonOf(judgement).trimEnd() : textOf(judgement));
  return judgement.holds ? 0 : 1;
}
