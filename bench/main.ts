/** The command of `npm run bench`: measures, prints its progress and writes `bench/reports/<name>.json` and `.md`. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { synthesize } from '../local/template/assembly';
import { brokenBudgets } from './figures/budgets';
import { useHops } from './latency/hops';
import { liftSourceLimit } from './metering/one-source';
import { fullPlan, quickPlan } from './plan';
import { markdownOf, renewTables } from './report/markdown';
import { type SectionName, sectionNames } from './report/report';

const projectDirectory = resolve(__dirname, '..');

interface Flags {
  quick?: true;
  only?: SectionName[];
  name: string;
  docs?: true;
  hops?: string;
}

async function main(): Promise<void> {
  const flags = new Command('npm run bench --')
    .description('Measures latency, cost, cold start and scale of the relay, on this machine alone.')
    .option('--quick', 'fewer samples: under a minute instead of under five')
    .option('--only <sections>', `some of ${sectionNames.join(',')}`, readSections)
    .option('--name <name>', 'name of the report in bench/reports', readName, 'latest')
    .option('--docs', 'renew the tables in docs/performance.md as well')
    .option('--hops <file>', 'hops of a deployment, as agenttown-pairing-server check --hops writes them')
    .helpOption('-h, --help', 'print this')
    .addHelpText(
      'after',
      '\nExit codes: 0 every budget holds, 1 one is broken or a section failed, 2 wrong arguments.',
    )
    .allowExcessArguments(false)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .parse()
    .opts<Flags>();
  if (flags.hops) useHops(JSON.parse(readFileSync(flags.hops, 'utf8')));
  const begun = performance.now();
  const say = (text: string) =>
    console.error(`${((performance.now() - begun) / 1000).toFixed(0).padStart(4)} s  ${text}`);
  const directory = mkdtempSync(join(tmpdir(), 'pairing-bench-assembly-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  say('synthesizing the stack');
  await synthesize({ projectDirectory, outDirectory: directory, context: {} });
  liftSourceLimit(directory);
  // Only now: it brings the CDK along, which takes a second that --help should not.
  const { runBench } = await import('./run');
  const report = await runBench({
    directory,
    only: new Set(sectionNames.filter((name) => flags.only?.includes(name) ?? true)),
    plan: flags.quick ? quickPlan : fullPlan,
    command: ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(
      ' ',
    ),
    progress: (section, text) => say(`${section}: ${text}`),
  });
  const reports = join(projectDirectory, 'bench', 'reports');
  mkdirSync(reports, { recursive: true });
  const file = join(reports, flags.name);
  writeFileSync(`${file}.json`, `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(`${file}.md`, markdownOf(report));
  say(`written: ${file}.md and .json`);
  if (flags.docs) {
    const page = join(projectDirectory, 'docs', 'performance.md');
    writeFileSync(page, renewTables(readFileSync(page, 'utf8'), report));
    say(`renewed: ${page}`);
  }
  const broken = brokenBudgets(report.figures);
  for (const sentence of broken) console.error(`BROKEN  ${sentence}`);
  // Whatever still holds the event loop (sockets that linger, say) is of no more use.
  process.exit(broken.length === 0 ? 0 : 1);
}

function readSections(text: string): SectionName[] {
  const names = text.split(',');
  const unknown = names.find((name) => !(sectionNames as readonly string[]).includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`There is no section "${unknown}".`);
  return names as SectionName[];
}

function readName(text: string): string {
  if (/^[a-z0-9][a-z0-9.-]*$/.test(text)) return text;
  throw new InvalidArgumentError('A name is of lower-case letters, digits, dots and dashes.');
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
