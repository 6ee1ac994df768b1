/** What the documents name is there: a file that has moved takes its name in every document along. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { eventTypes } from '../../lambdas/core/monitor/monitor-events';
import { errorKinds } from '../../lambdas/core/wire/errors';
import { routes } from '../../lib/api/routes';

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

const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8');

test('docs/monitor.md names every type of event', () => {
  const text = read('docs', 'monitor.md');
  /** A line names what begins alike once: `relay.rpc.` `request` `success`. */
  const named = new Set([...text.matchAll(/`((?:relay|pairing)\.[a-z_.]+[a-z_])`/g)].map(([, type]) => type));
  for (const [, prefix, rest] of text.matchAll(/`((?:relay|pairing)\.[a-z_]+\.)`((?: `[a-z_]+`)+)/g)) {
    for (const [, word] of rest!.matchAll(/`([a-z_]+)`/g)) named.add(prefix! + word!);
  }
  expect(eventTypes.filter((type) => !named.has(type))).toEqual([]);
});

test('docs/protocol.md has a line for every route and every error', () => {
  const text = read('docs', 'protocol.md');
  const missing = routes.filter(({ method, path }) => !text.includes(`\`${method} ${path}\``));
  expect(missing.map(({ path }) => path)).toEqual([]);
  const codes = Object.entries(errorKinds).map(([code, { status }]) => `| ${status} | \`${code}\` |`);
  expect(codes.filter((line) => !text.includes(line))).toEqual([]);
});
