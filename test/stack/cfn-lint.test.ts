import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stackTemplate } from '../support/stack/synthesized';
import { variants } from '../support/stack/variants';

const version = spawnSync('cfn-lint', ['--version'], { encoding: 'utf8' });
const isInstalled = version.status === 0;

/** Lints the templates in one run, since starting cfn-lint takes longest. */
function errorsOf(names: string[]): string {
  const directory = mkdtempSync(join(tmpdir(), 'cfn-lint-'));
  const files = names.map((name) => {
    const file = join(directory, `${name.replaceAll(' ', '-')}.json`);
    writeFileSync(file, JSON.stringify(stackTemplate(variants[name]).toJSON()));
    return file;
  });
  // Errors only: warnings are cfn-lint's taste, and W3005 dislikes what the CDK writes.
  const { stdout, stderr } = spawnSync('cfn-lint', ['--ignore-checks', 'W', '--', ...files], {
    encoding: 'utf8',
  });
  return stdout + stderr;
}

/** One of each kind: it takes some ten seconds a template. */
const linted = ['default', 'edge with everything', 'custom domain in a hosted zone'];

if (isInstalled) {
  test('cfn-lint finds no error in the default, the edge and the custom-domain variant', () => {
    expect(errorsOf(linted)).toBe('');
  }, 240_000);
} else {
  test('cfn-lint is not installed here, so the templates are not linted', () => {
    expect(version.error).toMatchObject({ code: 'ENOENT' });
  });
}
