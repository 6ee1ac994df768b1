/** The connector as npm would publish it: one command that runs with nothing beside it. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildPackages } from '../../support/stack/built-packages';

const home = resolve(__dirname, '..', '..', '..', 'packages', 'connector');

test('the packed command runs in an empty folder, and says its version', () => {
  buildPackages();
  const directory = mkdtempSync(join(tmpdir(), 'agenttown-'));
  try {
    const target = join(directory, 'package');
    mkdirSync(target);
    const packed = spawnSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', directory], {
      cwd: home,
      encoding: 'utf8',
    });
    const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
    spawnSync('tar', ['-xzf', join(directory, filename), '-C', target, '--strip-components=1']);
    const { version, bin, dependencies } = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8'));
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [join(target, bin.agenttown), ...args], {
        encoding: 'utf8',
        env: { PATH: process.env.PATH, AGENTTOWN_HOME: directory },
      });
    expect(dependencies).toBeUndefined();
    expect(run('--version').stdout.trim()).toBe(version);
    expect(run('clients').stderr).toContain('Nothing is paired here yet');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}, 60_000);
