/** The command line `agenttown`. */

import { RelayError } from 'agenttown-relay-client/runtime';
import { Command } from 'commander';
import { readAllowed } from './allow-list';
import { agentTypes } from './choose-agent';
import type { Surroundings } from './commands/context';
import { clients, revoke, status, unpair } from './commands/owner';
import { pair } from './commands/pair';
import { relay } from './commands/relay';
import { relayPair } from './commands/relay-pair';
import { installService, uninstallService } from './commands/service';

/** Runs a command line and gives the exit code. `signal` ends what stays. */
export async function runCommandLine(
  args: readonly string[],
  around: Surroundings,
  { signal, entry }: { signal: AbortSignal; entry: string },
): Promise<number> {
  let exitCode = 0;
  const program = new Command('agenttown')
    .description('Connects an AI agent on this machine with the AgentTown App on a phone.')
    .version(around.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => around.say(text.trimEnd()),
      writeErr: (text) => around.warn(text.trimEnd()),
    });
  const url = ['--agenttown-url <url>', 'the relay; else AGENTTOWN_URL, else the one of before'] as const;
  const withAgent = (command: Command) =>
    command
      .option('--endpoint <url>', 'where the agent is: JSON-RPC by http(s) or ws(s), or an API server')
      .option('--exec <command>', 'a command that is the agent: JSON-RPC, a line for each message')
      .option('--agent <type>', `what the agent is: ${agentTypes.join(', ')}`);
  withAgent(
    program
      .command('relay-pair')
      .description('make this machine known to the relay and show a code for the App'),
  )
    .option(...url)
    .option('--name <name>', 'what the App shows; default: the name of this machine')
    .option('--code-only', 'print the code and nothing else')
    .action((options) => relayPair(options, around));
  withAgent(program.command('relay').description('stay connected and pass on what is allowed'))
    .option('--allow <methods>', "more methods a phone may call, such as 'chat.*'", collect)
    .option('--allow-all', 'every method; a phone may then change the agent and read its secrets')
    .option(
      '--sealed-only',
      'refuse Apps that did not seal their pairing by the last four characters of the code',
    )
    .option('--no-sealed-only', 'take them again')
    .option('--json', 'a line of JSON for each thing that happens')
    .action(async (options) => {
      exitCode = await relay(options, around, signal);
    });
  withAgent(
    program
      .command('pair')
      .description('leave a descriptor behind a code, for an App that reaches the agent by itself'),
  )
    .option(...url)
    .option('--name <name>', 'what the App shows; default: the name of this machine')
    .option('--code-only', 'print the code and nothing else')
    .action((options) => pair(options, around));
  program
    .command('status')
    .description('how relay and agent are')
    .option('--json', 'as JSON')
    .action(async (options) => {
      exitCode = await status(options, around);
    });
  const owned = program
    .command('clients')
    .description('the paired Apps')
    .option('--json', 'as JSON')
    .action((options) => clients(options, around));
  owned
    .command('revoke <clientId>')
    .description("end an App's access")
    .action((clientId) => revoke(clientId, around));
  program
    .command('unpair')
    .description('give the pairing up, with every App')
    .action(() => unpair(around));
  const service = program.command('service').description('run `agenttown relay` with your session');
  service
    .command('install')
    .option('--print', 'only show what would be written')
    .action((options) => installService(options, around, entry));
  service.command('uninstall').action(() => uninstallService(around));
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    const { code, exitCode: asked } = error as { code?: string; exitCode?: number };
    if (code?.startsWith('commander.')) return asked ?? 1;
    around.warn(sentenceOf(error));
    return 1;
  }
}

function collect(value: string, before: string[] = []): string[] {
  return [...before, ...readAllowed(value)];
}

/** What a person is told: what happened, and where it is known what to do about it. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof RelayError)) return (error as Error).message;
  if (error.name === 'Unauthorized')
    return 'The relay wants a registration token, or another one: set AGENTTOWN_PAIRING_TOKEN.';
  const fields = error.errors?.map(({ path, message }) => ` ${path}: ${message}.`).join('') ?? '';
  return `${error.message}${fields}`;
}
