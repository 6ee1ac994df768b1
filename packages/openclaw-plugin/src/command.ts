/** `openclaw agenttown …`: the connector's command line, with this gateway as its agent. */
import type { Command } from 'commander';
import { runCommandLine } from '../../connector/src/command-line';
import { Home } from '../../connector/src/home';
import { commandDescription, pluginId } from './plugin';
import { version } from './version';

/** Commands that name an agent: here it is this OpenClaw, unless another is named. */
const withAgent = ['relay-pair', 'relay', 'pair'];

/** Adds the command to OpenClaw's. */
export function addCommand(program: Command, environment: NodeJS.ProcessEnv): void {
  program
    .command(pluginId)
    .description(commandDescription)
    // Options and help are the connector's.
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .argument('[arguments...]')
    .action(async (args: string[]) => {
      process.exitCode = await runConnector(args, environment);
    });
}

async function runConnector(args: string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const [name = ''] = args;
  if (name === 'service') {
    console.error('The gateway runs the connector by itself: there is no service to install.');
    return 1;
  }
  const isNamed = args.some((arg) => /^--(agent|endpoint|exec)(=|$)/.test(arg));
  const whole = withAgent.includes(name) && !isNamed ? [...args, '--agent', 'openclaw'] : args;
  const around = {
    environment,
    home: new Home(environment),
    version,
    isTerminal: process.stdout.isTTY === true,
    say: (line: string) => console.log(line),
    warn: (line: string) => console.error(line),
  };
  const stop = new AbortController();
  const leave = () => stop.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, leave);
  try {
    return await runCommandLine(whole.length > 0 ? whole : ['--help'], around, {
      signal: stop.signal,
      entry: '',
    });
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, leave);
  }
}
