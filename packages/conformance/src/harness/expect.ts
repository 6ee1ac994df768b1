/** Comparisons that say what was found. No credential gets into what they say. */
import { isDeepStrictEqual } from 'node:util';

/** What was found is not what the sentence says. */
export class Broken extends Error {
  override name = 'Broken';
}

/** A text with whatever looks like a credential taken out, and cut where it is long. */
export function masked(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  const bare = text
    .replaceAll(/at[sctvk]_[\w-]{8,}/g, 'at?_…')
    .replaceAll(/AT(-[0-9A-Z]{4}){3}/gi, 'AT-…')
    .replaceAll(/Bearer [^\s"]+/g, 'Bearer …');
  return bare.length > 600 ? `${bare.slice(0, 600)}…` : bare;
}

/** Fails with a sentence. */
export function broken(what: string): never {
  throw new Broken(masked(what));
}

/** Holds where both are alike through and through. */
export function equal(found: unknown, expected: unknown, what = 'the answer'): void {
  if (!isDeepStrictEqual(found, expected))
    broken(`${what}: expected ${masked(expected)}, found ${masked(found)}`);
}

/** Holds where the value is true. */
export function holds(value: unknown, what: string): void {
  if (!value) broken(what);
}

/** A member of a pattern: a value, a kind of value, what a text must fit, or what must hold. */
export type Pattern =
  // biome-ignore lint/suspicious/noExplicitAny: a question about a value of any shape, or String, Number, Boolean, Object, Array
  | ((value: any) => unknown)
  | RegExp
  | string
  | number
  | boolean
  | null
  | undefined
  | { [name: string]: Pattern }
  | Pattern[];

/** Holds where the value has what the pattern names, whatever else it has. `undefined` means: not there. */
export function fits(found: unknown, pattern: Pattern, what = 'the answer'): void {
  const fault = faultOf(found, pattern);
  if (fault !== undefined) broken(`${what}${fault}`);
}

/** The same as a question. */
export const isLike = (found: unknown, pattern: Pattern): boolean => faultOf(found, pattern) === undefined;

const kinds = new Map<unknown, string>([
  [String, 'string'],
  [Number, 'number'],
  [Boolean, 'boolean'],
]);

function faultOf(found: unknown, pattern: Pattern, path = ''): string | undefined {
  const wrong = (expected: string) => `${path}: expected ${expected}, found ${masked(found)}`;
  if (kinds.has(pattern)) {
    const kind = kinds.get(pattern)!;
    return typeof found === kind ? undefined : wrong(`a ${kind}`);
  }
  if (pattern === Array) return Array.isArray(found) ? undefined : wrong('an array');
  if (pattern instanceof RegExp)
    return typeof found === 'string' && pattern.test(found) ? undefined : wrong(String(pattern));
  if (pattern === Object) return isObject(found) ? undefined : wrong('an object');
  if (typeof pattern === 'function') return pattern(found) ? undefined : wrong('another value');
  if (Array.isArray(pattern)) {
    if (!Array.isArray(found) || found.length !== pattern.length)
      return wrong(`an array of ${pattern.length}`);
    return firstOf(pattern.map((part, n) => faultOf(found[n], part, `${path}[${n}]`)));
  }
  if (typeof pattern === 'object' && pattern !== null) {
    if (!isObject(found)) return wrong('an object');
    return firstOf(
      Object.entries(pattern).map(([name, part]) => faultOf(found[name], part, `${path}.${name}`)),
    );
  }
  return Object.is(found, pattern) ? undefined : wrong(masked(pattern));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const firstOf = (faults: Array<string | undefined>) => faults.find((fault) => fault !== undefined);
