/** `npm run simulate`: builds the simulated world and lets it run. docs/simulation.md says what it is. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { writeFunctions, writeWorld } from '../test/simulation/build';
import { faults } from '../test/simulation/faults/faults';
import { findFault, rowOf } from '../test/simulation/find-faults';
import { engineFlags } from '../test/simulation/run-program';

/** The options as the world takes them. */
interface Options {
  fault?: string;
  faults?: true;
  [option: string]: string | boolean | undefined;
}

const faultNames = faults.map(({ name }) => name);

const program = new Command('npm run simulate --')
  .description(
    "Runs the relay's own functions in a simulated world, and holds what everybody saw to the contract.",
  )
  .option('--seed <number>', 'the first seed', whole, '1')
  .option('--seeds <count>', 'how many seeds', whole, '1')
  .option('--minutes <minutes>', 'run for so long instead', amount)
  .option('--calls <count>', 'calls of one seed', whole, '10000')
  .option('--world <seed.number>', 'one world alone, as a breach names it', worldName)
  .option('--plan <file>', 'one world by its plan, as a breach prints it', planFile)
  .option('--trace', 'show what happens in that one world')
  .option('--json', 'one line of JSON at the end, and nothing else')
  .addOption(
    new Option('--fault <name>', 'build a deliberate fault in and look for it')
      .choices(faultNames)
      .conflicts('faults'),
  )
  .option('--faults', 'look for every deliberate fault: the table of docs/simulation.md')
  .addHelpText('after', '\nExit codes: 0 every promise was kept, 1 one was broken or a fault was not found.')
  .action((options: Options) => (options.faults ? findAll() : runWorlds(options)));

async function runWorlds({ fault: name, ...options }: Options): Promise<void> {
  const patches = faults.find((fault) => fault.name === name)?.patches;
  const [functions, world] = await Promise.all([
    writeFunctions(name ? 'faulty-functions' : 'functions', patches),
    writeWorld(name ? 'faulty-world' : 'world', patches),
  ]);
  const given = Object.entries(options).flatMap(([option, value]) =>
    value === true ? [`--${option}`] : [`--${option}`, String(value)],
  );
  const args = [...engineFlags, world, '--functions', functions, ...given];
  spawn(process.execPath, args, { stdio: 'inherit' }).on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}

/** A row as soon as it is known. */
async function findAll(): Promise<void> {
  for (const fault of faults) {
    const found = await findFault(fault);
    if (found.world === undefined) process.exitCode = 1;
    process.stdout.write(`${rowOf(found)}\n`);
  }
}

function whole(text: string): string {
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1)
    throw new InvalidArgumentError('A whole number from 1 on.');
  return text;
}

function amount(text: string): string {
  if (!(Number(text) > 0)) throw new InvalidArgumentError('A number over 0.');
  return text;
}

function worldName(text: string): string {
  if (!/^\d+\.\d+$/.test(text)) throw new InvalidArgumentError('Two numbers, as 200.0.');
  return text;
}

function planFile(file: string): string {
  try {
    JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new InvalidArgumentError(`No plan can be read there: ${(error as Error).message}`);
  }
  return resolve(file);
}

void program.parseAsync();
