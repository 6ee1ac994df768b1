/** Rooms by subject: a file fits a screen or two, a folder is seen at a glance, and no folder of a layer points back. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const root = join(__dirname, '..', '..');
const maxLines = 200;
const maxFiles = 16;

/** A layer is a folder whose folders are its rooms. */
const layers = ['lambdas/core', 'lambdas/aws', 'lib', 'local', 'bench', 'describe', 'web'];
/** Where the code of the project proper lies. */
const trees = ['bin', 'lib', 'lambdas', 'local', 'bench', 'describe', 'web', 'scripts', 'examples'];

interface SourceFile {
  /** From the root of the repository. */
  path: string;
  text: string;
}

const files: SourceFile[] = trees.flatMap((tree) =>
  readdirSync(join(root, tree), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(m?tsx?|mjs|js|css|html)$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') })),
);

test('a file has 200 lines at most, or says in its head why it has more', () => {
  const long = files.filter(({ text }) => {
    const lines = text.trimEnd().split('\n');
    return lines.length > maxLines && !/Over 200 lines: /.test(lines.slice(0, 15).join('\n'));
  });
  expect(long.map(({ path }) => path)).toEqual([]);
});

test('a folder has 16 files at most', () => {
  const counts = new Map<string, number>();
  for (const { path } of files) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
  expect([...counts].filter(([, count]) => count > maxFiles)).toEqual([]);
});

/** The rooms of a layer, each with those that it imports. Files at the layer's top are rooms too: the lowest or the highest. */
function importsOf(layer: string): Map<string, Set<string>> {
  const roomOf = (path: string) =>
    relative(layer, path)
      .split('/')[0]!
      .replace(/\.m?tsx?$/, '');
  const rooms = new Map<string, Set<string>>();
  for (const { path, text } of files.filter(({ path }) => path.startsWith(`${layer}/`))) {
    const room = roomOf(path);
    if (!rooms.has(room)) rooms.set(room, new Set());
    for (const [, target] of text.matchAll(/(?:from|import\() ?'(\.[^']+)'/g)) {
      const imported = join(dirname(path), target!);
      if (imported.startsWith(`${layer}/`) && roomOf(imported) !== room)
        rooms.get(room)!.add(roomOf(imported));
    }
  }
  return rooms;
}

/** The rooms that are left when, again and again, those that import none of the others are taken away. */
function circlesOf(rooms: Map<string, Set<string>>): string[] {
  const left = new Map(rooms);
  for (let before = -1; before !== left.size; ) {
    before = left.size;
    for (const [room, imported] of left) {
      if (![...imported].some((other) => left.has(other))) left.delete(room);
    }
  }
  return [...left.keys()].sort();
}

test.each(layers)('no room of %s points back', (layer) => {
  expect(circlesOf(importsOf(layer))).toEqual([]);
});

test.each(layers.map((layer) => [layer, layer.split('/')[0]!]))(
  'every room of %s is told in the README of its layer',
  (layer, tree) => {
    const readme = readFileSync(join(root, tree, 'README.md'), 'utf8');
    const rooms = readdirSync(join(root, layer), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    expect(rooms.map(({ name }) => name).filter((name) => !readme.includes(`\`${name}/`))).toEqual([]);
  },
);

test('a circle of rooms is found', () => {
  const rooms = (edges: Record<string, string[]>) =>
    new Map(Object.entries(edges).map(([room, imported]) => [room, new Set(imported)]));
  expect(circlesOf(rooms({ a: ['b'], b: ['c'], c: [] }))).toEqual([]);
  expect(circlesOf(rooms({ a: ['b'], b: ['a'], c: [] }))).toEqual(['a', 'b']);
});
