/** Chance, repeatable by seed. Each part of the world draws from a source of its own, so that one more draw here changes nothing there. */

const unit = 2 ** -32;

/** An sfc32 generator: fast, and small enough to have one for every invocation. */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private d = 1;

  constructor(seed: number) {
    this.a = mix(seed + 0x9e3779b9);
    this.b = mix(seed + 0x3c6ef372);
    this.c = mix(seed ^ 0x5bd1e995);
    for (let rounds = 0; rounds < 8; rounds++) this.whole32();
  }

  /** A number in [0, 1). */
  next(): number {
    return this.whole32() * unit;
  }

  /** Whether something of this probability happens. Draws nothing for what never happens. */
  chance(probability: number): boolean {
    return probability > 0 && this.next() < probability;
  }

  /** A number in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** A whole number in [0, count). */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  /** One of several. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  /** One of several by weight. */
  weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name {
    const names = Object.keys(weights) as Name[];
    let left = this.next() * names.reduce((sum, name) => sum + weights[name], 0);
    for (const name of names) {
      left -= weights[name];
      if (left < 0) return name;
    }
    return names.at(-1)!;
  }

  /** Bytes, as the core asks for them. */
  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count; at += 4) {
      const word = this.whole32();
      for (let n = 0; n < 4 && at + n < count; n++) bytes[at + n] = (word >>> (8 * n)) & 0xff;
    }
    return bytes;
  }

  private whole32(): number {
    const sum = (this.a + this.b + this.d) | 0;
    this.d = (this.d + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}

/** The seed of a part, from its parent's and its own name or number. */
export function seedOf(parent: number, part: number | string): number {
  if (typeof part === 'number') return mix(Math.imul(parent, 0x85ebca6b) ^ mix(part + 0x7f4a7c15));
  let seed = parent | 0;
  for (let at = 0; at < part.length; at++) seed = Math.imul(seed ^ part.charCodeAt(at), 0x01000193);
  return mix(seed);
}

function mix(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x7feb352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
  return mixed ^ (mixed >>> 16);
}
