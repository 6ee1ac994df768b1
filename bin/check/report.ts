/** What a check found, for a person, and the hops for the bench. */
import type { Figure } from './look';
import { type Findings, isWell } from './run-check';

const words = { 'as-expected': 'as expected', otherwise: '**otherwise**', 'not-tried': 'not tried' };
const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** As Markdown. */
export function markdownOf(findings: Findings): string {
  const { url, stackName, startedAt, durationMs, conformance, looks } = findings;
  const lines = [
    `# Check of ${stackName ?? url}`,
    '',
    `${url}, ${startedAt}, ${Math.round(durationMs / 1_000)} s. ${isWell(findings) ? 'All is as expected.' : 'Not all is as expected.'}`,
    '',
    '## What only a deployment can show',
    '',
    '| what | | found | expected |',
    '|---|---|---|---|',
    ...looks.map(
      ({ title, expected, outcome, found }) =>
        `| ${cell(title)} | ${words[outcome]} | ${cell(found)} | ${cell(expected)} |`,
    ),
    '',
    '## The sentences of the protocol',
    '',
  ];
  if (!conformance) return [...lines, 'Not tried.', ''].join('\n');
  const { counts, failed } = conformance;
  return [
    ...lines,
    `${counts.passed} cases hold, ${counts.failed} do not, ${counts.notTried} were not tried.`,
    ...failed.flatMap(({ id, section, says, reason }) => [
      '',
      `- \`${id}\` (${section}): “${says}” ${reason ?? ''}`,
    ]),
    '',
  ].join('\n');
}

/** The hops, as `npm run bench -- --hops` reads them; undefined where they were not measured. */
export function hopsOf({ looks }: Findings): Record<string, Figure> | undefined {
  const figures = looks.find(({ id }) => id === 'hops')?.figures as Record<string, Figure> | undefined;
  if (!figures) return undefined;
  const hops = Object.entries(figures).filter(([name]) => name.startsWith('hop '));
  return Object.fromEntries(hops.map(([name, figure]) => [name.slice(4), figure]));
}
