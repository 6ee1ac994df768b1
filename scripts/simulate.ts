/** `npm run simulate -- --minutes 10`: builds the simulated world and lets it run. docs/simulation.md tells the options. */
import { spawn } from 'node:child_process';
import { writeFunctions, writeWorld } from '../test/simulation/build';
import type { Fault } from '../test/simulation/faults/fault';
import { faults } from '../test/simulation/faults/faults';

async function main() {
  const { fault, rest } = readFault(process.argv.slice(2));
  const [functions, world] = await Promise.all([
    writeFunctions(fault ? 'faulty-functions' : 'functions', fault?.patches),
    writeWorld('world', fault?.patches),
  ]);
  const args = [
    '--max-semi-space-size=64',
    '--allow-natives-syntax',
    world,
    '--functions',
    functions,
    ...rest,
  ];
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
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

void main();
