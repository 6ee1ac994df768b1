/**
 * Stands in for `node:crypto`: hashes that are cheap and no secret's keeper, and chance that is the seed's. In the world nobody
 * tries to turn a hash round; that two texts have one is as good as impossible here too.
 */
import type { Simulated } from './simulated';

export { timingSafeEqual } from 'node:crypto';

declare const simulated: Simulated;

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const hashLength = 43;

/** As much of a hash as the functions use: one text, whatever the algorithm. */
export function createHash(_algorithm: string) {
  let text = '';
  return {
    update(data: string) {
      text = data;
      return this;
    },
    digest(encoding?: 'base64url'): string | Buffer {
      const digest = hashOf(text);
      return encoding === undefined ? Buffer.from(digest) : digest;
    },
  };
}

/** Four multiplicative hashes side by side, each finished as MurmurHash3 does it: 128 bits, written as 43 characters. */
function hashOf(text: string): string {
  let [a, b, c, d] = [0x811c9dc5, 0x9e3779b9, 0x85ebca6b, text.length];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b + code, 0x5bd1e995) ^ (b >>> 15);
    c = Math.imul(c ^ code, 0xcc9e2d51) ^ (c >>> 13);
    d = Math.imul(d + code, 0x1b873593) ^ (d >>> 11);
  }
  let word = 0;
  let digest = '';
  for (let at = 0; at < hashLength; at++) {
    if (at % 5 === 0) {
      [a, b, c, d] = [b, c, d, finished(a ^ Math.imul(b, at + 1) ^ (c >>> 7) ^ d)];
      word = d;
    }
    digest += alphabet[word & 63];
    word >>>= 6;
  }
  return digest;
}

function finished(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** From the invocation's own source of chance. */
export const randomBytes = (count: number): Buffer => Buffer.from(simulated.random(count));
