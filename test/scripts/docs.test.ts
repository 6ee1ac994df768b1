/** What the documents name is there: a file that has moved takes its name in every document along. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(__dirname, '..', '..');
const ours = ['bench', 'bin', 'docs', 'examples', 'lambdas', 'lib', 'local', 'scripts', 'test', 'web'];
const documents = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...ours.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
      .map((name) => join(folder, name)),
  ),
];

test.each(documents)('every file that %s names or links to exists', (document) => {
  const text = readFileSync(join(root, document), 'utf8');
  const named = [...text.matchAll(/`((?:\w+\/)+[\w.-]+\.\w+)`/g)]
    .map(([, path]) => path!)
    .filter((path) => ours.includes(path.split('/')[0]!) && !path.includes('NNNN'))
    .map((path) => join(root, path));
  const linked = [...text.matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g)].map(([, path]) =>
    join(root, dirname(document), path!),
  );
  expect([...named, ...linked].filter((path) => !existsSync(path))).toEqual([]);
});
