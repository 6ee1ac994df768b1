/**
 * Whether a descriptor may wait behind a pairing code.
 *
 * Whoever reads the code off a screen gets the descriptor, so it must hold nothing that outlives the pairing: not the
 * code itself in any spelling, and no secret, by name or by value. Digests, public keys, ids, counts and yes-or-no
 * answers are no secrets. A rejection names the place and the reason and repeats nothing that was submitted as a value.
 *
 * Over 200 lines: one walk over a descriptor, whose faults and whose paths know each other's places.
 */

import { type Judged, judgeItems, judgeMembers } from '../secrecy/credential-members';
import { findCredentials, isCredentialUnder } from '../secrecy/credential-shapes';
import { masked } from '../secrecy/mask';
import { decodings, foldCodeSpelling, readPairingCode } from './codes';

/** The only descriptor type that this server pairs. */
export const descriptorType = 'agenttown.runtime_pairing.v1';

/** Largest descriptor, in bytes of its JSON in UTF-8. The route measures it: a parsed value has lost its size. */
export const maxDescriptorBytes = 32 * 1024;

/** Deepest nesting of objects and arrays; the descriptor itself is level 1. */
export const maxDescriptorDepth = 16;

/** Most errors in one answer: enough to repair a descriptor by, too few to fill a response. */
export const maxDescriptorErrors = 20;

/** Most values looked at. A descriptor within its bytes cannot have more; anything else is not one. */
const maxValues = maxDescriptorBytes;

/** Longest name that a path shows in full. */
const maxSegmentLength = 48;

/** A place in the descriptor, `descriptor.endpoints[0].url`, and what is wrong there. */
export interface DescriptorError {
  path: string;
  message: string;
}

/** The outcome of {@link checkDescriptor}: every reason for a rejection, up to {@link maxDescriptorErrors}. */
export type DescriptorCheck = { ok: true } | { ok: false; errors: DescriptorError[] };

interface Place extends Judged {
  value: unknown;
  depth: number;
  /** Undefined for an item of a list. */
  index?: number;
  parent?: Place;
}

interface Fault {
  place: Place;
  message: string;
  /** What the answer must not repeat. */
  secret?: string;
}

/**
 * Checks a descriptor against the pairing code that it is registered under.
 *
 * `outer` is the request that carried it: its `type` counts where the descriptor has none of its own. Never throws,
 * whatever the descriptor is, and takes time linear in its size.
 */
export function checkDescriptor(
  descriptor: unknown,
  pairingCode: string,
  outer: { type?: unknown } = { type: descriptorType },
): DescriptorCheck {
  if (typeof descriptor !== 'object' || descriptor === null || Array.isArray(descriptor)) {
    return { ok: false, errors: [{ path: 'descriptor', message: 'must be a JSON object' }] };
  }
  const errors: DescriptorError[] = [];
  const hasOwnType = Object.hasOwn(descriptor, 'type');
  const { type } = hasOwnType ? (descriptor as { type?: unknown }) : outer;
  if (type !== descriptorType) {
    errors.push({ path: hasOwnType ? 'descriptor.type' : 'type', message: `must be ${descriptorType}` });
  }
  const code = readPairingCode(pairingCode) ?? foldCodeSpelling(pairingCode);
  const faults = findFaults(descriptor, code, maxDescriptorErrors - errors.length);
  const secrets = faults.map(({ secret }) => secret ?? '').filter((secret) => secret.length >= 8);
  errors.push(...faults.map(({ place, message }) => ({ path: pathOf(place, code, secrets), message })));
  return errors.length === 0 ? { ok: true } : { ok: false, errors };
}

/** Walks with a stack of its own, so that nesting costs no call stack; in the order of the document. */
function findFaults(descriptor: object, code: string, atMost: number): Fault[] {
  const faults: Fault[] = [];
  const root: Place = { name: 'descriptor', verdict: 'plain', value: descriptor, depth: 1 };
  const stack: Place[] = [root];
  const pieces = new CodePieces(code);
  for (let seen = 0; stack.length > 0 && faults.length < atMost; seen++) {
    const place = stack.pop() as Place;
    if (seen >= maxValues) {
      faults.push({ place: rootOf(place), message: `has more than ${maxValues} values` });
      break;
    }
    faults.push(...faultsAt(place, code));
    pieces.take(place);
    if (typeof place.value !== 'object' || place.value === null) continue;
    if (place.depth > maxDescriptorDepth) {
      faults.push({ place, message: `is nested deeper than ${maxDescriptorDepth} levels` });
      continue;
    }
    for (const below of placesBelow(place).reverse()) stack.push(below);
  }
  if (faults.length === 0 && pieces.makeTheCode()) {
    faults.push({ place: root, message: 'holds the pairing code in pieces' });
  }
  return faults.slice(0, atMost);
}

/** Whether a code is spread over several members: one after the other, or a group in each. */
class CodePieces {
  private values = '';
  private namesAndValues = '';
  private readonly groups = new Set<string>();

  constructor(private readonly code: string) {}

  take({ name, value, index, parent }: Place): void {
    if (this.code === '') return;
    const folded =
      typeof value === 'string' || typeof value === 'number' ? foldCodeSpelling(String(value)) : '';
    if (index === undefined && parent !== undefined) this.namesAndValues += foldCodeSpelling(name);
    this.values += folded;
    this.namesAndValues += folded;
    for (const group of this.codeGroups())
      if (folded === group || folded === `AT${group}`) this.groups.add(group);
  }

  makeTheCode(): boolean {
    if (this.code === '') return false;
    if (this.values.includes(this.code) || this.namesAndValues.includes(this.code)) return true;
    return this.codeGroups().every((group) => this.groups.has(group));
  }

  private codeGroups(): string[] {
    return this.code.match(/.{1,4}/g) ?? [];
  }
}

function placesBelow(parent: Place): Place[] {
  const depth = parent.depth + 1;
  if (Array.isArray(parent.value)) {
    const items = judgeItems(parent, parent.value.slice(0, maxValues + 1));
    return items.map((item, index) => ({ ...item, index, depth, parent }));
  }
  const members = judgeMembers(parent, Object.entries(parent.value as object));
  return members.map((member) => ({ ...member, depth, parent }));
}

function faultsAt(place: Place, code: string): Fault[] {
  const { value } = place;
  const faults: Fault[] = [];
  if (place.index === undefined && place.parent !== undefined) {
    if (hidesCode(place.name, code)) faults.push({ place, message: 'has the pairing code in its name' });
    else if (credentialIn(place.name) !== undefined)
      faults.push({ place, message: 'has a credential as its name' });
  }
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') return faults;
  const secret = String(value);
  if (hidesCode(secret, code)) return [...faults, { place, secret, message: 'holds the pairing code' }];
  if (isCredentialUnder(place.verdict, value)) {
    const why =
      place.verdict === 'opaque' ? 'is named like a credential and looks random' : 'is named as a secret';
    return [...faults, { place, secret, message: why }];
  }
  const reason = typeof value === 'string' ? credentialIn(value) : undefined;
  return reason === undefined ? faults : [...faults, { place, secret, message: `looks like ${reason}` }];
}

function hidesCode(text: string, code: string): boolean {
  return code !== '' && text.length >= code.length && foldCodeSpelling(text).includes(code);
}

/** What kind of credential the text certainly holds, as written or behind percent encoding. */
function credentialIn(text: string): string | undefined {
  const found = decodings(text).flatMap(findCredentials);
  return found.find(({ certain }) => certain)?.reason;
}

function rootOf(place: Place): Place {
  let root = place;
  while (root.parent !== undefined) root = root.parent;
  return root;
}

/** The path of a place, without what it must not repeat: a name may itself be the code or a credential. */
function pathOf(place: Place, code: string, secrets: string[]): string {
  const segments: string[] = [];
  for (let at: Place | undefined = place; at !== undefined; at = at.parent) {
    if (at.index !== undefined) segments.unshift(`[${at.index}]`);
    else if (at.parent === undefined) segments.unshift('descriptor');
    else segments.unshift(segmentOf(at.name, code, secrets));
  }
  const path = segments.join('');
  // A code may also be cut in pieces, one in each name.
  return hidesCode(path, code) ? `descriptor.${masked}` : path;
}

function segmentOf(name: string, code: string, secrets: string[]): string {
  const tells =
    hidesCode(name, code) ||
    findCredentials(name).length > 0 ||
    secrets.some((secret) => name.includes(secret));
  if (tells) return `.${masked}`;
  const shown = name.length > maxSegmentLength ? `${name.slice(0, maxSegmentLength)}…` : name;
  return /^[A-Za-z_$][\w$-]*$/.test(shown) ? `.${shown}` : `[${JSON.stringify(shown)}]`;
}
