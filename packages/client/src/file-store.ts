/** Credentials in a file that only its owner may read. */
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Store } from './wire/store';

/**
 * Keeps a value as JSON in a file (mode 0600; its folder is made, 0700, if need be). The file is replaced as a whole: a
 * full disk or a crash leaves the one before. A file that holds no JSON is no value; one that may not be read throws.
 */
export function fileStore<T>(path: string): Store<T> {
  return {
    async load() {
      let text: string;
      try {
        text = await readFile(path, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
      try {
        return JSON.parse(text) as T;
      } catch {
        return undefined;
      }
    },
    async save(value) {
      const next = `${path}.${process.pid}.tmp`;
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      try {
        const file = await open(next, 'w', 0o600);
        try {
          await file.writeFile(`${JSON.stringify(value, null, 2)}\n`);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(next, path);
      } catch (error) {
        await rm(next, { force: true });
        throw error;
      }
    },
    clear: () => rm(path, { force: true }),
  };
}
