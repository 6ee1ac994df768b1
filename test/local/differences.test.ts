/** `docs/local-host.md` names a test for what it says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');
const text = readFileSync(join(root, 'docs', 'local-host.md'), 'utf8');
const named = [...text.matchAll(/`(test\/[\w/.-]+\.test\.ts)`: ([^|)\n]+)/g)].map(
  ([, file, name]): [string, string] => [file!, name!.trim()],
);

test('the tables name tests', () => {
  expect(named.length).toBeGreaterThan(30);
});

test.each(named)('%s has a test "%s…"', (file, name) => {
  expect(readFileSync(join(root, file), 'utf8')).toContain(name);
});

test('a row that claims something names its test', () => {
  const rows = text.split('\n').filter((line) => /^\| (?!AWS|-)/.test(line));
  const claims = rows.filter((row) => !/^\|[^|]+\| no\b/.test(row));
  expect(claims.filter((row) => !/`test\//.test(row))).toEqual([]);
});
