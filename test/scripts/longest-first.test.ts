/** The order of the tests names files that are there. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const { longest } = jest.requireActual<{ longest: string[] }>('../support/jest/longest-first');

test('each test that begins first is there', () => {
  const isThere = (name: string) => existsSync(join(__dirname, '..', `${name}.test.ts`));
  expect(longest.length).toBeGreaterThan(0);
  expect(longest.filter((name) => !isThere(name))).toEqual([]);
});
