/** The command line `agenttown-pairing-server`: from a try on this machine to a deployment and its end. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { version } from '../package.json';
import { requireAccount, useAccount } from './account';
import { runCdk } from './cdk';
import { addCheckCommand } from './check/commands';
import { addDataCommands } from './data/commands';
import { readDeployment } from './deployment';
import { Failure } from './failure';
import { lossesOf, lossesText } from './losses';
import { confirm, isInteractive } from './questions';
import { addServerCommands, installedHere, statusHere, upgradeHere } from './server/commands';
import { readStatus, statusText } from './status';
import { readToken, rotateToken, tokenArnOf } from './token';

interface Flags {
  stack: string;
  profile?: string;
  region?: string;
  json?: true;
  yes?: true;
  context?: Record<string, string>;
  show?: true;
  rotate?: true;
}

/** Runs one command. Failures are one sentence on standard error and an exit code that is not 0. */
export async function run(argv: string[]): Promise<void> {
  try {
    await program().parseAsync(argv);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = error instanceof Failure ? error.exitCode : 1;
  }
}

function program(): Command {
  const top = new Command('agenttown-pairing-server')
    .description('Pairs AI-agent runtimes behind NAT with the AgentTown App.')
    .version(version)
    .showHelpAfterError('(--help says more)');
  top
    .command('serve')
    .description('run the whole stack on this machine, without an account (serve --help lists its options)')
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .action(serve);
  addServerCommands(top);
  addDataCommands(top);
  remote(top, 'deploy', 'create the deployment, or bring it to exactly these options', true).action(deploy);
  remote(top, 'upgrade', 'bring a deployment, or the server of this machine, to this version', true)
    .alias('update')
    .action((flags: Flags, command: Command) => {
      const place = meansAws(command) ? undefined : installedHere();
      return place ? upgradeHere(place, flags) : saidOfAws(command, upgrade(flags));
    });
  remote(top, 'status', 'health, version, URLs, options and alarms; exit code 1 when it is not well').action(
    (flags: Flags, command: Command) => {
      const place = meansAws(command) ? undefined : installedHere();
      return place ? statusHere(place, flags) : saidOfAws(command, status(flags));
    },
  );
  addCheckCommand(top);
  remote(top, 'token', 'say where the registration token is')
    .option('--show', 'print the token')
    .option('--rotate', 'make a new one; functions know it within five minutes')
    .option('-y, --yes', 'do not ask')
    .action(token);
  remote(top, 'destroy', 'take the deployment away; says what is lost and what stays')
    .option('-y, --yes', 'do not ask')
    .action(destroy);
  return top;
}

function remote(top: Command, name: string, description: string, takesOptions = false): Command {
  const command = top
    .command(name)
    .description(description)
    .allowExcessArguments(false)
    .option('-s, --stack <name>', 'name of the stack', 'AgentTownPairing')
    .option('--profile <name>', 'profile of the AWS configuration')
    .option('--region <region>', 'AWS Region')
    .option('--json', 'print one JSON document for scripts')
    .hook('preAction', (_, action) => useAccount(action.opts<Flags>()));
  if (!takesOptions) return command;
  return command
    .option(
      '-c, --context <key=value>',
      'option of the stack, repeatable; docs/deploying.md lists them',
      readContext,
    )
    .option('-y, --yes', 'do not ask');
}

/** Whoever names a stack, a profile or a Region means AWS, whatever is installed on this machine. */
function meansAws(command: Command): boolean {
  return ['stack', 'profile', 'region'].some((name) => command.getOptionValueSource(name) === 'cli');
}

/** The local host reads the arguments by itself. */
function serve(): void {
  process.argv.splice(2, 1);
  createRequire(__filename)('../local/main.ts');
}

/** Who has no server here and named no stack may have meant either: a failure says which one it is about. */
async function saidOfAws(command: Command, work: Promise<void>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof Failure) || meansAws(command)) throw error;
    const about = 'No server is installed on this machine, so this looked at AWS.';
    throw new Failure(`${error.message} ${about}`, error.exitCode);
  });
}

async function deploy(flags: Flags): Promise<void> {
  requireConsent(flags);
  await requireAccount();
  await bringTo(flags, { ...flags.context, stackName: flags.stack });
}

async function upgrade(flags: Flags): Promise<void> {
  requireConsent(flags);
  await requireAccount();
  const { options, outputs, stackName } = await readDeployment(flags.stack);
  const context = { ...options, ...flags.context, stackName };
  if (!flags.json)
    console.log(`Upgrading ${stackName} (${outputs.PublicUrl}) to ${version}. What will change:`);
  await cdk(flags, ['diff', stackName], context);
  await confirm(`upgrade ${stackName} to ${version}`, 'yes', flags.yes ?? false);
  await bringTo({ ...flags, yes: true }, context);
}

async function bringTo(flags: Flags, context: Record<string, string>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'agenttown-outputs-'));
  const file = join(directory, 'outputs.json');
  try {
    const approval = flags.yes ? ['--require-approval', 'never'] : [];
    await cdk(flags, ['deploy', flags.stack, '--outputs-file', file, ...approval], context);
    const outputs = JSON.parse(readFileSync(file, 'utf8'))[flags.stack] ?? {};
    if (flags.json) console.log(JSON.stringify({ stackName: flags.stack, version, outputs }));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function status(flags: Flags): Promise<void> {
  await requireAccount();
  const found = await readStatus(flags.stack);
  console.log(flags.json ? JSON.stringify(found) : statusText(found));
  if (!found.well) process.exitCode = 1;
}

async function token(flags: Flags): Promise<void> {
  await requireAccount();
  const arn = tokenArnOf((await readDeployment(flags.stack)).outputs);
  if (flags.rotate) {
    await confirm('Runtimes that register need the new token afterwards.', 'rotate', flags.yes ?? false);
    await rotateToken(arn);
  }
  const shown = flags.show ? await readToken(arn) : undefined;
  if (flags.json) console.log(JSON.stringify({ arn, rotated: flags.rotate ?? false, token: shown }));
  else
    console.log(
      shown ?? `${flags.rotate ? 'Rotated. ' : ''}The token is in Secrets Manager: ${arn} (--show prints it)`,
    );
}

async function destroy(flags: Flags): Promise<void> {
  await requireAccount();
  const deployment = await readDeployment(flags.stack);
  if (!flags.json) console.log(lossesText(deployment));
  await confirm('', flags.stack, flags.yes ?? false);
  const context = { ...deployment.options, stackName: flags.stack };
  await cdk(flags, ['destroy', flags.stack, '--force'], context);
  if (flags.json) console.log(JSON.stringify({ stackName: flags.stack, ...lossesOf(deployment) }));
}

function cdk(flags: Flags, args: string[], context: Record<string, string>): Promise<void> {
  return runCdk({ args, context, profile: flags.profile, region: flags.region, quiet: flags.json ?? false });
}

/** What changes an account asks first; where nobody can be asked, `--yes` must have said so. */
function requireConsent({ yes }: Flags): void {
  if (!yes && !isInteractive())
    throw new Failure('There is no terminal to ask on: say --yes if you mean it.', 2);
}

function readContext(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) throw new InvalidArgumentError('Write it as key=value.');
  return { ...before, [key]: value };
}
