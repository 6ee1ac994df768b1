/** The report as a reader gets it, and the command that writes it. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { countMetrics } from '../../bench/cost/cost-basis';
import { addUsage, dollarsOf } from '../../bench/cost/prices';
import { modelLatency } from '../../bench/latency/latency-section';
import { markdownOf, renewTables } from '../../bench/report/markdown';
import type { Report } from '../../bench/report/report';
import { table } from '../../bench/report/table';

const empty: Report = {
  version: '1.2.3',
  startedAt: '2026-11-22T10:00:00.000Z',
  seconds: 1,
  command: 'npm run bench',
  machine: { node: 'v20', cpus: 2, cpu: 'any', platform: 'linux-x64', load: 0 },
  figures: {},
};

test('a column of numbers stands to the right', () => {
  expect(table(['what', 'count'], [['one', 1]])).toBe('| what | count |\n| --- | ---: |\n| one | 1 |');
});

test('a section that did not run is not in the report', () => {
  expect(markdownOf(empty)).not.toContain('## ');
});

test('a broken budget is called so', () => {
  const report = markdownOf({ ...empty, figures: { callsBeforeCommand: 3, callsAfterReply: 1 } });
  expect(report).toMatch(/before the command leaves \| 3 \| 2 \| calls \| BROKEN/);
  expect(report).toMatch(/until it stands in the table \| 1 \| 1 \| calls \| holds/);
});

test('the latency table has a row for each scheme, the push among them, and each runtime', () => {
  const latency = { samples: 20, rows: modelLatency(20, () => {}), endToEnd: [] };
  const report = markdownOf({ ...empty, latency });
  expect(report.match(/^\| +\d+ \| (push|relay|fixed|50 ms doubling)/gm)).toHaveLength(20);
});

test('usages add up, each by how often it occurs, and cost what the price table says', () => {
  const usage = addUsage([{ writeUnit: 2, invocation: 1 }, 10], [{ writeUnit: 5 }, 1]);
  expect(usage).toEqual({ writeUnit: 25, invocation: 10 });
  expect(dollarsOf(usage)).toBeCloseTo(25 * 0.625e-6 + 10 * 0.2e-6, 12);
});

test.each([
  [['--only', 'nonsense'], /There is no section "nonsense"/],
  [['--name', '../up'], /A name is of lower-case letters/],
  [['stray'], /too many arguments/],
])('wrong arguments %p end with code 2 and one sentence', (args, sentence) => {
  const main = join(__dirname, '../../bench/main.ts');
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', main, ...args], {
    encoding: 'utf8',
  });
  expect(status).toBe(2);
  expect(stderr).toMatch(sentence);
  expect(stderr).not.toContain('    at ');
});

test('metrics are told apart by name and dimensions', () => {
  const line = (Outcome: string) =>
    JSON.stringify({
      _aws: { CloudWatchMetrics: [{ Dimensions: [['Outcome']], Metrics: [{ Name: 'Calls' }] }] },
      Outcome,
      Calls: 1,
    });
  expect(countMetrics([line('answered'), line('answered'), line('offline'), '{"level":"INFO"}'])).toBe(2);
});

test("a document's tables are renewed, and what did not run stays", () => {
  const page =
    'a\n<!-- bench:budgets -->\nstale\n<!-- /bench -->\nb\n<!-- bench:growth -->\nkept\n<!-- /bench -->\n';
  const renewed = renewTables(page, { ...empty, figures: { callsAfterReply: 1 } });
  expect(renewed).toMatch(/^a\n<!-- bench:budgets -->\n\n\| what/);
  expect(renewed).not.toContain('stale');
  expect(renewed).toContain('<!-- bench:growth -->\nkept\n<!-- /bench -->');
});
