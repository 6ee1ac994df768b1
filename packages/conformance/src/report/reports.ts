/** What was found, for a person, for a program and for a build server. */
import type { Judgement } from './judgement';

/** For a person: what does not hold, with its sentence, and a count. */
export function textOf({ role, subject, results, counts, stale }: Judgement): string {
  const lines = results
    .filter(({ outcome }) => outcome !== 'passed')
    .map(({ id, outcome, section, says, reason, isExpected }) =>
      outcome === 'not-tried'
        ? `- ${id}: not tried, ${reason}`
        : `${isExpected ? '~' : '✗'} ${id}${isExpected ? ' (expected)' : ''}\n    ${section}: “${says}”\n    ${reason}`,
    );
  const ends = [
    `${counts.passed} of ${results.length} cases hold`,
    ...(counts.failed ? [`${counts.failed} do not`] : []),
    ...(counts.expected ? [`${counts.expected} fail as expected`] : []),
    ...(counts.notTried ? [`${counts.notTried} were not tried`] : []),
  ];
  return [
    ...lines,
    ...stale.map((id) => `✗ ${id} is expected to fail and does not: take it off the list`),
    `${role} ${subject}: ${ends.join(', ')}.`,
  ].join('\n');
}

/** For a program. */
export const jsonOf = (judgement: Judgement): string => `${JSON.stringify(judgement, null, 2)}\n`;

/** For a build server, as JUnit has it. */
export function junitOf({ role, subject, results, stale }: Judgement): string {
  const suites = [...new Set(results.map(({ suite }) => suite))].map((suite) => {
    const mine = results.filter((result) => result.suite === suite);
    const cases = mine.map(({ id, says, outcome, reason, durationMs, isExpected }) => {
      const inner =
        outcome === 'failed' && !isExpected
          ? `<failure message="${escaped(reason)}">${escaped(says)}</failure>`
          : outcome === 'passed'
            ? ''
            : `<skipped message="${escaped(reason)}"/>`;
      return `<testcase classname="${role}.${suite}" name="${escaped(id)}" time="${durationMs / 1_000}">${inner}</testcase>`;
    });
    return elementOf(
      suite,
      mine.filter((each) => each.outcome === 'failed' && !each.isExpected).length,
      cases,
    );
  });
  const entries = stale.map(
    (id) =>
      `<testcase classname="${role}.expected" name="${escaped(id)}"><failure message="no longer fails"/></testcase>`,
  );
  if (entries.length > 0) suites.push(elementOf('expected', entries.length, entries));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${escaped(subject)}">\n${suites.join('\n')}\n</testsuites>\n`;
}

const elementOf = (name: string, failures: number, cases: string[]) =>
  `<testsuite name="${name}" tests="${cases.length}" failures="${failures}">\n${cases.join('\n')}\n</testsuite>`;

function escaped(text = ''): string {
  return (
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML has no place for them
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '�')
  );
}
