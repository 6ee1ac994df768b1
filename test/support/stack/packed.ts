/** The package as npm would publish it, installed in an empty folder. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { buildPackages } from './built-packages';

const root = resolve(__dirname, '..', '..', '..');

/** Where the package was installed. */
export interface Installed {
  directory: string;
  /** The command line's file. */
  command: string;
  /** The folder of the examples. */
  examples: string;
  remove(): void;
}

/**
 * Packs, and unpacks into a folder of its own whose other packages are links to the ones installed here, without those
 * of the development: as an installation lies on disk, without a registry.
 */
export function installPacked(): Installed {
  buildPackages();
  const directory = mkdtempSync(join(tmpdir(), 'packed-'));
  const packages = join(directory, 'node_modules');
  const target = join(packages, 'agenttown-pairing-server');
  mkdirSync(target, { recursive: true });
  const packed = runTool('npm', ['pack', '--json', '--pack-destination', directory], root);
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  runTool('tar', ['-xzf', join(directory, filename), '-C', target, '--strip-components=1'], directory);
  for (const name of packagesOfUsers()) {
    mkdirSync(dirname(join(packages, name)), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(packages, name));
  }
  return {
    directory,
    command: join(target, 'bin', 'agenttown-pairing-server.js'),
    examples: join(target, 'examples'),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** What npm would install beside the package, of what is installed here. */
function packagesOfUsers(): string[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: true }>;
  };
  return Object.entries(packages)
    .filter(([path, { dev }]) => !dev && existsSync(join(root, path)))
    .flatMap(([path]) => /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path)?.[1] ?? []);
}

function runTool(command: string, args: string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args[0]}: ${stderr}`);
  return stdout;
}
