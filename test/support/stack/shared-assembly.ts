/**
 * The stack synthesized once for every end-to-end test, and again only when something that it is made of has changed:
 * it lies under a hash of all of that. The first test that wants it makes it; others, in whatever process, wait.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadAssembly } from '../../../local/template/assembly';
import { sourcesKey } from '../../../local/template/kept-assembly';
import type { Assembly } from '../../../local/types';
import { stackAssembly } from './synthesized';

const root = resolve(__dirname, '..', '..', '..');
const cache = join(root, 'node_modules', '.cache', 'pairing-assembly');
/** Whoever holds the lock for longer has died, though another process may have its number now. */
const lockAgeMs = 120_000;

/** The assembly of the default stack, fresh objects each time. */
export function sharedAssembly(): Assembly {
  const directory = join(cache, sourcesKey(root, {}));
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
    writeFileSync(holderOf(lock), String(process.pid));
    return true;
  } catch {
    if (hasDied(lock)) rmSync(lock, { recursive: true, force: true });
    return false;
  }
}

const holderOf = (lock: string): string => join(lock, 'pid');

/** A run that was killed leaves its lock: the next must not wait for it. */
function hasDied(lock: string): boolean {
  try {
    process.kill(Number(readFileSync(holderOf(lock), 'utf8')), 0);
  } catch (error) {
    // It may have made the folder just now, and not the file yet.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return true;
  }
  const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  return age > lockAgeMs;
}
