/** `agenttown service install | uninstall`: starts `agenttown relay` with the person's session. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { serviceFile } from '../service-file';
import type { Surroundings } from './context';

/** Writes the service and switches it on; with `print` it only shows it. */
export async function installService(
  { print }: { print?: boolean },
  { home, environment, say }: Surroundings,
  entry: string,
): Promise<void> {
  await home.identity();
  const agenttownHome = environment.AGENTTOWN_HOME ?? '';
  const { path, text, start } = serviceFile([process.execPath, entry, 'relay', '--json'], { agenttownHome });
  if (print) {
    say(text);
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  for (const command of start) run(command);
  say(`${path} is installed and runs.`);
}

/** Switches the service off and removes it. */
export function uninstallService({ say, warn }: Surroundings): void {
  const { path, stop } = serviceFile([]);
  for (const command of stop) {
    try {
      run(command);
    } catch (error) {
      warn((error as Error).message);
    }
  }
  rmSync(path, { force: true });
  say(`${path} is gone.`);
}

function run([name = '', ...args]: string[]): void {
  const { status, stderr, error } = spawnSync(name, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name} ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
}
