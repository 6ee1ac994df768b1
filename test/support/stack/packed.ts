/** The package as npm would publish it, installed in an empty folder. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '..', '..', '..');

/** Where the package was installed. */
export interface Installed {
  directory: string;
  /** The command line's file. */
  command: string;
  remove(): void;
}

/**
 * Packs, and unpacks into a folder of its own whose other packages are links to the ones installed here: as an
 * installation lies on disk, without a registry.
 */
export function installPacked(): Installed {
  const directory = mkdtempSync(join(tmpdir(), 'packed-'));
  const packages = join(directory, 'node_modules');
  const target = join(packages, 'agenttown-pairing-server');
  mkdirSync(target, { recursive: true });
  const packed = runTool('npm', ['pack', '--json', '--pack-destination', directory], root);
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  runTool('tar', ['-xzf', join(directory, filename), '-C', target, '--strip-components=1'], directory);
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name !== 'agenttown-pairing-server')
      symlinkSync(join(root, 'node_modules', name), join(packages, name));
  }
  return {
    directory,
    command: join(target, 'bin', 'agenttown-pairing-server.js'),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function runTool(command: string, args: string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args[0]}: ${stderr}`);
  return stdout;
}
