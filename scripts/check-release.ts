/**
 * `tsx scripts/check-release.ts vX.Y.Z`: prints the changelog's section of a release, or ends with a sentence where tag,
 * `package.json` and changelog do not name one version.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { releaseNotes } from './release-notes';

const root = join(__dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

try {
  const { version } = JSON.parse(read('package.json')) as { version: string };
  const lock = JSON.parse(read('package-lock.json')) as { version: string };
  console.log(
    releaseNotes({
      tag: process.argv[2] ?? '',
      version,
      lockVersion: lock.version,
      packageVersions: Object.fromEntries(
        readdirSync(join(root, 'packages')).map((folder) => [
          folder,
          (JSON.parse(read(`packages/${folder}/package.json`)) as { version: string }).version,
        ]),
      ),
      changelog: read('CHANGELOG.md'),
    }),
  );
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
