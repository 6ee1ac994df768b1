/** The command line `agenttown-conformance`. */
import { Command, CommanderError } from 'commander';
import { type AppChoice, app } from './commands/app';
import { Misuse, withChoice } from './commands/choice';
import { type RuntimeChoice, runtime } from './commands/runtime';
import { type ServerChoice, server } from './commands/server';

/** What the command line may use of the world. */
export interface Surroundings {
  version: string;
  say(text: string): void;
  warn(text: string): void;
}

/** Runs it and gives the exit code: 0 where all holds, 1 where something does not, 2 where the command line is wrong. */
export async function runCommandLine(args: readonly string[], around: Surroundings): Promise<number> {
  let exitCode = 0;
  const program = new Command('agenttown-conformance')
    .description("Judges what speaks the AgentTown relay's protocol.")
    .version(around.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => around.say(text.trimEnd()),
      writeErr: (text) => around.warn(text.trimEnd()),
    });
  withChoice(
    program
      .command('server')
      .description('judge a server; it may be in use')
      .requiredOption('--url <url>', 'its public URL')
      .option(
        '--token <token>',
        'its registration token; else AGENTTOWN_PAIRING_TOKEN; none under open registration',
      )
      .option('--at-a-time <cases>', 'how many cases run side by side (16)'),
  ).action(async (options: ServerChoice) => {
    exitCode = await server(options, around.say);
  });
  withChoice(
    program
      .command('runtime')
      .description('judge a runtime; the kit plays relay and App')
      .option('--exec <command>', 'starts the runtime; the README says what it is given')
      .option('--url <url>', 'listen there, and judge the runtime that somebody starts with it as its server')
      .option('--wait <seconds>', 'how long to wait for that one (300)'),
  ).action(async (options: RuntimeChoice) => {
    exitCode = await runtime(options, around.say, around.warn);
  });
  withChoice(
    program
      .command('app')
      .description('judge the App that a command starts; the kit plays server and runtime')
      .requiredOption('--exec <command>', 'starts the App; the README says what it is told'),
  ).action(async (options: AppChoice) => {
    exitCode = await app(options, around.say);
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    around.warn((error as Error).message);
    return error instanceof Misuse ? 2 : 1;
  }
}
