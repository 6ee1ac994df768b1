/** Stands in for `node:crypto`: the same hashes, computed once and the quick way, and chance that is the seed's. */
import { hash } from 'node:crypto';
import type { Simulated } from './simulated';

export * from 'node:crypto';

declare const simulated: Simulated;

const longestKept = 200;
const known = new Map<string, string>();

/** As much of a hash as the functions use: one text, SHA-256. */
export function createHash(algorithm: string) {
  let text: string;
  return {
    update(data: string) {
      text = data;
      return this;
    },
    digest(encoding?: 'base64url' | 'hex'): string | Buffer {
      if (encoding === undefined) return hash(algorithm, text, 'buffer');
      const key = `${encoding}${text}`;
      const found = known.get(key);
      if (found !== undefined) return found;
      const digest = hash(algorithm, text, encoding);
      if (key.length < longestKept) known.set(key, digest);
      return digest;
    },
  };
}

/** From the invocation's own source of chance. */
export const randomBytes = (count: number): Buffer => Buffer.from(simulated.random(count));
