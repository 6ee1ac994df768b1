import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { codeIn, groupCode, isSealing, isWhole } from '../../../web/app/state/code';

const directory = mkdtempSync(join(tmpdir(), 'app-page-'));
const built = (name: string) => readFileSync(join(directory, name), 'utf8');

beforeAll(() => {
  execFileSync(process.execPath, [join(__dirname, '../../../web/app/build.mjs'), directory]);
});
afterAll(() => rmSync(directory, { recursive: true }));

test('the App weighs at most 60 KB as it travels', () => {
  expect(gzipSync(built('app.html'), { level: 9 }).length).toBeLessThanOrEqual(60 * 1024);
});

test('its policy lets only its own script and style run, and nothing of a third party in', () => {
  const hash = "'sha256-[A-Za-z0-9+/]{43}='";
  expect(built('app-csp.txt')).toMatch(
    new RegExp(
      `^default-src 'none'; script-src ${hash}; style-src ${hash}; connect-src 'self'; img-src 'self' data:; ` +
        "worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$",
    ),
  );
  expect(built('app.html')).not.toMatch(/\s(src|href)="(?!data:|#|app\/manifest\.webmanifest")/);
});

test('it can be installed: a manifest with a name, an icon and the place where it starts', () => {
  expect(JSON.parse(built('manifest.webmanifest'))).toMatchObject({
    name: 'AgentTown',
    start_url: '../app',
    scope: '../app',
    display: 'standalone',
    icons: [{ src: 'icon.svg' }],
  });
});

test.each([
  ['7f3kq2m9zt4x', 'AT-7F3K-Q2M9-ZT4X'],
  ['at7f3kq2m9zt4x', 'AT-7F3K-Q2M9-ZT4X'],
  [' AT-7F3K q2m9-ZT4X ', 'AT-7F3K-Q2M9-ZT4X'],
  ['AT-oil0-0000-0000', 'AT-0110-0000-0000'],
  ['at7f3kq2m9zt4xab1o', 'AT-7F3K-Q2M9-ZT4X-AB10'],
  ['AT-7F3K-Q2M9-ZT4X-AB', 'AT-7F3K-Q2M9-ZT4X-AB'],
  ['at-7f', 'AT-7F'],
  ['AT', 'AT'],
  ['', ''],
])('a code typed as %j is shown as %j', (typed, shown) => {
  expect(groupCode(typed)).toBe(shown);
  expect(isWhole(typed)).toBe([17, 22].includes(shown.length));
  expect(isSealing(typed)).toBe(shown.length === 22);
});

test('a code is found in a link and in what a camera reads, and nowhere else', () => {
  expect(codeIn('https://relay.example/app#AT-7F3K-Q2M9-ZT4X')).toBe('AT-7F3K-Q2M9-ZT4X');
  expect(codeIn('https://relay.example/app#AT-7F3K-Q2M9-ZT4X-AB12')).toBe('AT-7F3K-Q2M9-ZT4X-AB12');
  expect(codeIn('AT7F3KQ2M9ZT4XAB12')).toBe('AT-7F3K-Q2M9-ZT4X-AB12');
  expect(codeIn('#AT7F3KQ2M9ZT4X')).toBe('AT-7F3K-Q2M9-ZT4X');
  for (const text of ['#agent=cl_0123456789abcdef', '#pair', 'https://example.com/', ''])
    expect(codeIn(text)).toBeUndefined();
});
