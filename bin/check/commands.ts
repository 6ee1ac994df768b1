/** The command `check`. */
import { writeFileSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import { requireAccount, useAccount } from '../account';
import { readDeployment } from '../deployment';
import { Failure } from '../failure';
import { readToken } from '../token';
import type { Target } from './look';
import { last, measuring, waiting } from './looks';
import { hopsOf, markdownOf } from './report';
import { isWell, runCheck } from './run-check';

interface Flags {
  stack: string;
  profile?: string;
  region?: string;
  url?: string;
  token?: string;
  minutes: number;
  suite?: string;
  only?: string[];
  out?: string;
  hops?: string;
  json?: true;
}

const ids = [...measuring, ...waiting, ...last].map(({ id }) => id);

/** Adds it. */
export function addCheckCommand(top: Command): void {
  top
    .command('check')
    .description(
      'hold a deployment against the protocol, and measure what only AWS can show; a quarter of an hour',
    )
    .allowExcessArguments(false)
    .option('-s, --stack <name>', 'name of the stack', 'AgentTownPairing')
    .option('--profile <name>', 'profile of the AWS configuration')
    .option('--region <region>', 'AWS Region')
    .option('--url <url>', 'a server without a stack, as one of this machine; needs no account')
    .option('--token <token>', 'its registration token; else AGENTTOWN_PAIRING_TOKEN')
    .option('--minutes <minutes>', 'how long to wait for what shows itself late', readMinutes, 11)
    .option('--suite <names>', 'only these suites of the conformance kit, with commas; none leaves it out')
    .option('--only <ids>', `only some of ${ids.join(', ')}`, readIds)
    .option('--out <file>', 'write the report there as Markdown')
    .option('--hops <file>', 'write the hops there, for npm run bench -- --hops')
    .option('--json', 'print one JSON document for scripts')
    .addHelpText(
      'after',
      '\nIt registers a runtime of its own and removes it. Its last step uses up the wrong codes of this address for two minutes.\nExit codes: 0 all as expected, 1 not, 2 wrong arguments.',
    )
    .hook('preAction', (_, action) => useAccount(action.opts<Flags>()))
    .action(check);
}

async function check(flags: Flags): Promise<void> {
  const target = flags.url === undefined ? await stackOf(flags) : serverOf(flags);
  const say = (text: string) => console.error(`… ${text}`);
  const findings = await runCheck(target, { suites: flags.suite, only: flags.only }, say);
  const report = markdownOf(findings);
  if (flags.out) writeFileSync(flags.out, report);
  const hops = hopsOf(findings);
  if (flags.hops && hops) writeFileSync(flags.hops, `${JSON.stringify(hops, null, 2)}\n`);
  console.log(flags.json ? JSON.stringify({ ...findings, hops }) : report);
  if (!isWell(findings)) process.exitCode = 1;
}

async function stackOf({ stack, minutes }: Flags): Promise<Target> {
  await requireAccount();
  const { outputs, options, stackName } = await readDeployment(stack);
  const arn = outputs.RegistrationTokenArn;
  if (!outputs.PublicUrl) throw new Failure(`The stack ${stackName} has no output PublicUrl.`);
  const token = options.registration === 'open' || !arn ? undefined : await readToken(arn);
  return { url: outputs.PublicUrl.replace(/\/+$/, ''), token, stackName, longMs: minutes * 60_000 };
}

function serverOf({ url = '', token, minutes }: Flags): Target {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new Failure('--url begins with http:// or https://.', 2);
  return {
    url: url.replace(/\/+$/, ''),
    token: token ?? process.env.AGENTTOWN_PAIRING_TOKEN,
    stackName: undefined,
    longMs: minutes * 60_000,
  };
}

function readMinutes(text: string): number {
  const minutes = Number(text);
  if (!(minutes >= 0 && minutes <= 15)) throw new InvalidArgumentError('It is a number of minutes, 0 to 15.');
  return minutes;
}

function readIds(text: string): string[] {
  const wanted = text.split(',');
  const unknown = wanted.filter((id) => !ids.includes(id));
  if (unknown.length > 0) throw new InvalidArgumentError(`There is no ${unknown.join(', ')}.`);
  return wanted;
}
