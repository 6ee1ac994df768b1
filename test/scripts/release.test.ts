import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Release, releaseNotes } from '../../scripts/release-notes';

const changelog = `# Changelog

## [Unreleased]

## [1.2.3] - 2026-11-22

### Added

- Something.

## [1.2.2] - 2026-11-01

- Before.
`;
const release: Release = {
  tag: 'v1.2.3',
  version: '1.2.3',
  lockVersion: '1.2.3',
  packageVersions: { client: '1.2.3' },
  changelog,
};

test("a release's notes are its section of the changelog, and no other", () => {
  expect(releaseNotes(release)).toBe('### Added\n\n- Something.');
});

test.each<[Partial<Release>, string]>([
  [{ tag: '1.2.3' }, 'The tag 1.2.3 must look like v1.2.3.'],
  [{ tag: '' }, 'The tag (none) must look like v1.2.3.'],
  [{ tag: 'v1.2.4' }, 'The tag v1.2.4 is not the version 1.2.3 of package.json.'],
  [{ lockVersion: '1.2.2' }, 'package-lock.json has version 1.2.2'],
  [{ packageVersions: { client: '1.2.2' } }, 'packages/client has version 1.2.2, package.json 1.2.3.'],
  [{ changelog: '## [1.2.2] - 2026-11-01\n\n- Before.' }, 'CHANGELOG.md has no section [1.2.3].'],
  [{ changelog: '## [1.2.3]\n\n- Something.' }, 'must carry its date'],
  [{ changelog: '## [1.2.3] - 2026-11-22\n' }, 'is empty.'],
])('a release whose names disagree is stopped with a sentence: %j', (change, sentence) => {
  expect(() => releaseNotes({ ...release, ...change })).toThrow(sentence);
});

const workflows = join(__dirname, '..', '..', '.github', 'workflows');
const files = readdirSync(workflows).map((name): [string, string] => [
  name,
  readFileSync(join(workflows, name), 'utf8'),
]);

test.each(files)('%s pins each action by a full commit and says which version that is', (_, text) => {
  const uses = [...text.matchAll(/uses: (.+)/g)].map(([, used]) => used);
  expect(uses.length).toBeGreaterThan(0);
  for (const used of uses) expect(used).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

test.each(files)(
  '%s starts from no rights or reading alone, and keeps no credentials in its clone',
  (_, text) => {
    expect(text).toMatch(/^permissions:( \{\}|\n {2}contents: read)$/m);
    expect(text.match(/persist-credentials: false/g)).toHaveLength(text.match(/actions\/checkout@/g)!.length);
  },
);
