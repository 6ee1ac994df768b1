/** `npm run simulate -- --minutes 10`: builds the simulated world and lets it run. docs/simulation.md tells the options. */
import { spawn } from 'node:child_process';
import { writeFunctions, writeWorld } from '../test/simulation/build';
import type { Fault } from '../test/simulation/faults/fault';
import { faults } from '../test/simulation/faults/faults';
import { findFault, rowOf } from '../test/simulation/find-faults';
import { engineFlags } from '../test/simulation/run-program';

async function main(args: string[]) {
  if (args.includes('--faults')) return await findAll();
  const { fault, rest } = readFault(args);
  const [functions, world] = await Promise.all([
    writeFunctions(fault ? 'faulty-functions' : 'functions', fault?.patches),
    writeWorld(fault ? 'faulty-world' : 'world', fault?.patches),
  ]);
  const child = spawn(process.execPath, [...engineFlags, world, '--functions', functions, ...rest], {
    stdio: 'inherit',
  });
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}

/** `--fault <name>` builds a deliberate fault in. */
function readFault(args: string[]): { fault?: Fault; rest: string[] } {
  const at = args.indexOf('--fault');
  if (at < 0) return { rest: args };
  const fault = faults.find(({ name }) => name === args[at + 1]);
  if (!fault) throw new Error(`There is no such fault. Known:\n${faults.map(({ name }) => name).join('\n')}`);
  return { fault, rest: [...args.slice(0, at), ...args.slice(at + 2)] };
}

/** `--faults`: the table of docs/simulation.md, a row as soon as it is known. */
async function findAll(): Promise<void> {
  for (const fault of faults) {
    const found = await findFault(fault);
    if (found.world === undefined) process.exitCode = 1;
    process.stdout.write(`${rowOf(found)}\n`);
  }
}

void main(process.argv.slice(2));
