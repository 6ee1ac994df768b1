/** Takes credentials, addresses and query strings out of whatever goes to a log or to the monitor. */
import { findAddresses, findQueries, type Stretch } from './addresses';
import { type Judged, judgeItems, judgeMembers } from './credential-members';
import { findCredentials, isCredentialUnder } from './credential-shapes';

/** What stands where something was taken out. */
export const masked = '[masked]';

/** Passes after which a text that still changes is given up whole: nothing but an attack needs more than three. */
const maxPasses = 6;

/** Bounds of {@link maskValue}: deeper levels and further members are left out, and say so. */
const maxDepth = 12;
const maxMembers = 2_000;

/** Options of {@link maskText}. */
export interface MaskOptions {
  /** Longest answer in characters, the mark of the cut included; at least 16. Default: no limit. */
  maxLength?: number;
}

/**
 * The text with `[masked]` for whatever looks like a credential, an internet address or a query string.
 *
 * Masking what is masked changes nothing. A text over `maxLength` is masked first and cut after it, so that no
 * credential escapes by being cut in two. A text that does not come to rest is replaced as a whole.
 */
export function maskText(text: string, options: MaskOptions = {}): string {
  const maxLength = Math.max(16, options.maxLength ?? Number.POSITIVE_INFINITY);
  let current = text;
  for (let pass = 0; pass < maxPasses; pass++) {
    const next = cut(maskOnce(current), maxLength);
    if (next === current) return current;
    current = next;
  }
  return masked;
}

/**
 * A deep copy for a log: texts masked, values with suspicious names replaced, class instances reduced to data.
 * Never throws: cycles, getters that throw and endless structures end in a word in brackets.
 */
export function maskValue(value: unknown): unknown {
  return copy(
    value,
    { name: '', verdict: 'plain' },
    { depth: 0, budget: { members: maxMembers }, above: new Set() },
  );
}

interface Walk {
  depth: number;
  /** Shared by the whole copy. */
  budget: { members: number };
  /** The objects on the way here, to notice a cycle. */
  above: Set<object>;
}

function copy(value: unknown, judged: Judged, walk: Walk): unknown {
  if (value === null || value === undefined || typeof value === 'boolean') return value;
  if (isCredentialUnder(judged.verdict, value)) return masked;
  if (typeof value === 'string') return maskText(value);
  if (typeof value === 'number') return value;
  if (typeof value !== 'object') return typeof value === 'bigint' ? `${value}` : `[${typeof value}]`;
  if (judged.verdict === 'secret') return masked;
  if (walk.above.has(value)) return '[circular]';
  if (walk.depth >= maxDepth) return '[too deep]';
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return '[bytes]';
  const below = { ...walk, depth: walk.depth + 1, above: new Set(walk.above).add(value) };
  try {
    if (value instanceof Date || value instanceof URL) return maskText(String(value));
    if (Array.isArray(value)) return copyItems(value, judged, below);
    if (value instanceof Set) return copyItems([...value], judged, below);
    const members =
      value instanceof Map ? [...value].map(([name, item]) => [String(name), item] as const) : [];
    return copyMembers([...members, ...errorMembers(value), ...Object.entries(value)], judged, below);
  } catch {
    return '[unreadable]';
  }
}

function copyItems(items: unknown[], judged: Judged, walk: Walk): unknown[] {
  const kept = items.slice(0, Math.max(0, walk.budget.members));
  walk.budget.members -= kept.length;
  const copied = judgeItems(judged, kept).map(({ value, ...item }) => copy(value, item, walk));
  return kept.length < items.length ? [...copied, '[more]'] : copied;
}

function copyMembers(
  members: (readonly [string, unknown])[],
  judged: Judged,
  walk: Walk,
): Record<string, unknown> {
  const kept = members.slice(0, Math.max(0, walk.budget.members));
  walk.budget.members -= kept.length;
  const copied = judgeMembers(judged, kept).map(({ value, ...member }): [string, unknown] => [
    maskText(member.name),
    copy(value, member, walk),
  ]);
  if (kept.length < members.length) copied.push(['[more]', true]);
  // Unlike an assignment this makes `__proto__` an ordinary member.
  return Object.fromEntries(copied);
}

/** The members of an error that are not enumerable. */
function errorMembers(value: object): [string, unknown][] {
  if (!(value instanceof Error)) return [];
  const { name, message, stack, cause } = value;
  return Object.entries({ name, message, stack, ...(cause === undefined ? {} : { cause }) });
}

function maskOnce(text: string): string {
  const found: Stretch[] = [...findCredentials(text), ...findQueries(text), ...findAddresses(text)];
  found.sort((one, other) => one.start - other.start);
  let result = '';
  let done = 0;
  for (const { start, end } of found) {
    if (end <= done) continue;
    // Stretches that overlap or touch become one mark.
    result += start > done || done === 0 ? text.slice(done, start) + masked : '';
    done = end;
  }
  return result + text.slice(done);
}

/** Ends before a mark rather than inside it. */
function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const kept = text.slice(0, maxLength - 1);
  const mark = kept.lastIndexOf('[');
  return `${mark >= 0 && masked.startsWith(kept.slice(mark)) && kept.length - mark < masked.length ? kept.slice(0, mark) : kept}…`;
}
