/** The code that a person types: twelve characters for the relay, and where the pairing is sealed four that it never sees. */
import { invalid } from './errors';

/** A code, taken apart. */
export interface TypedCode {
  /** For the relay. */
  accessCode: string;
  /** For the runtime alone: four characters, or none where the pairing will not be sealed. */
  seal?: string;
}

/**
 * Takes a typed code apart: any case, with or without `AT-`, dashes and blanks; `O` is `0`, `I` and `L` are `1`. Throws
 * `InvalidRequest` for what is longer than a code without its last four: a part of those must not reach the relay.
 */
export function readCode(typed: string): TypedCode {
  const bare = foldCode(typed);
  const code = bare.startsWith('AT') && [14, 18].includes(bare.length) ? bare.slice(2) : bare;
  if (code.length === 16) return { accessCode: shown(code.slice(0, 12)), seal: code.slice(12) };
  if (code.length > 12) throw invalid('code', 'has twelve letters and digits, or sixteen where it seals');
  return { accessCode: typed };
}

/** The spelling that both ends hash: without dashes and blanks, upper case, look-alikes folded. */
export function foldCode(typed: string): string {
  const bare = typed.replace(/[\s\u2010-\u2015-]/g, '').toUpperCase();
  return bare.replace(/O/g, '0').replace(/[IL]/g, '1');
}

/** What the relay knows of a code, as both ends hash it: its twelve characters. */
export function twelveOf(accessCode: string): string {
  return foldCode(accessCode).slice(-12);
}

/** As it is shown: `AT-XXXX-XXXX-XXXX`, with `-YYYY` where there are sixteen. */
export function shown(code: string): string {
  return `AT-${grouped(code)}`;
}

/** Four by four. */
export function grouped(text: string): string {
  return text.match(/.{1,4}/g)?.join('-') ?? '';
}

const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A letter of a code for each byte. 256 is a multiple of 32: of random bytes every letter is equally likely. */
export function lettersOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => letters[byte % 32]).join('');
}
