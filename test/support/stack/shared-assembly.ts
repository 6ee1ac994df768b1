/**
 * The stack synthesized once for every end-to-end test, and again only when something that it is made of has changed:
 * it lies under a hash of all of that. The first test that wants it makes it; others, in whatever process, wait.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadAssembly } from '../../../local/template/assembly';
import type { Assembly } from '../../../local/types';
import { stackAssembly } from './synthesized';

const root = resolve(__dirname, '..', '..', '..');
const cache = join(root, 'node_modules', '.cache', 'pairing-assembly');
/** All that a synthesis reads. */
const sources = [
  'lib',
  'lambdas',
  'web',
  'packages',
  'docs',
  'cdk.json',
  'package.json',
  'package-lock.json',
];
/** Whoever holds the lock for longer has died. */
const lockAgeMs = 120_000;

/** The assembly of the default stack, fresh objects each time. */
export function sharedAssembly(): Assembly {
  const directory = join(cache, hashOfSources());
  const lock = `${directory}.lock`;
  while (!existsSync(directory)) {
    if (!take(lock)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    else {
      if (!existsSync(directory)) renameSync(stackAssembly({}, { under: cache }).directory, directory);
      rmSync(lock, { recursive: true, force: true });
    }
  }
  return loadAssembly(directory);
}

function take(lock: string): boolean {
  mkdirSync(cache, { recursive: true });
  try {
    mkdirSync(lock);
    return true;
  } catch {
    const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > lockAgeMs) rmSync(lock, { recursive: true, force: true });
    return false;
  }
}

function hashOfSources(): string {
  const hash = createHash('sha256').update(process.version);
  for (const source of sources) {
    const path = join(root, source);
    if (!existsSync(path)) continue;
    for (const file of filesIn(path)) hash.update(`\n${file}\n`).update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 32);
}

function* filesIn(path: string): Generator<string> {
  if (!statSync(path).isDirectory()) return yield path;
  for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name === 'node_modules' || entry.name === 'dist') continue;
    yield* filesIn(join(path, entry.name));
  }
}
