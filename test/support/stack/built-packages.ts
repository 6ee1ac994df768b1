/** The packages built as npm would publish them, for tests that run them outside of jest. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const packages = resolve(__dirname, '..', '..', '..', 'packages');

/** Builds those whose sources are newer than what was built of them. */
export function buildPackages(): void {
  for (const name of readdirSync(packages)) {
    const script = join(packages, name, 'build.mjs');
    if (!existsSync(script) || newestOf(join(packages, name)) < newestOf(join(packages, name, 'dist')))
      continue;
    const { status, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`packages/${name} could not be built: ${stderr}`);
  }
}

/** When the newest file in a folder changed; 0 for a folder that is not there. */
function newestOf(folder: string): number {
  if (!existsSync(folder)) return 0;
  const times = readdirSync(folder, { withFileTypes: true }).map((entry) => {
    if (entry.name === 'dist' || entry.name === 'node_modules') return 0;
    const path = join(folder, entry.name);
    return entry.isDirectory() ? newestOf(path) : statSync(path).mtimeMs;
  });
  return Math.max(0, ...times);
}
