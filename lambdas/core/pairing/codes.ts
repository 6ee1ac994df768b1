/**
 * One-time codes: how they are shown, typed and compared.
 *
 * Shown as `AT-XXXX-XXXX-XXXX`; kept, hashed and compared as the twelve characters alone, upper case, with `O` as
 * `0` and `I` and `L` as `1`. Every reader here ends in that canonical form, so two spellings of one code meet.
 */

import { asItLooks } from '../secrecy/look-alikes';

/** Crockford base32: no I, L, O (they look like digits) and no U. */
export const codeAlphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const codeLength = 12;

/** Longest text a reader looks at: a code with a blank around every character fits, a pasted page does not. */
const maxTypedLength = 64;

/** What people and word processors put between the groups: blanks, hyphens and the dashes that replace them. */
const separators = /[\s\u2010-\u2015-]/g;

/**
 * Turns random bytes into a code as it is shown, `AT-XXXX-XXXX-XXXX`.
 *
 * Uses 60 bits of the first eight bytes, five for each character, so every code is equally likely.
 * Throws a RangeError when there are fewer than eight bytes.
 */
export function formatCode(bits: Uint8Array): string {
  if (bits.length < 8) throw new RangeError('A code needs at least 8 random bytes.');
  let rest = new DataView(bits.buffer, bits.byteOffset, 8).getBigUint64(0);
  let code = '';
  for (let i = 0; i < codeLength; i++) {
    code += codeAlphabet[Number(rest & 31n)];
    rest >>= 5n;
  }
  return `AT-${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)}`;
}

/**
 * Reads a generated code as a person typed it and returns its twelve canonical characters.
 *
 * Undefined when it cannot be such a code: wrong length, a letter outside Crockford base32 (`U`), or anything that
 * only looks like an ASCII letter.
 */
export function readAccessCode(typed: string): string | undefined {
  const code = readPairingCode(typed);
  return code?.includes('U') ? undefined : code;
}

/** How many characters of a sealed pairing's code are for its two ends alone. */
const sealLength = 4;

/**
 * Whether a text is a code of `AT-XXXX-XXXX-XXXX-YYYY`, whose last four characters no server may be told: the App and its runtime
 * prove to each other that both have them.
 */
export function isSealedCode(typed: string): boolean {
  const bare = typed.length > maxTypedLength ? '' : typed.replace(separators, '');
  const length = codeLength + sealLength;
  return (
    /^[A-Za-z0-9]+$/.test(bare) &&
    (bare.length === length || (bare.length === length + 2 && /^at/i.test(bare)))
  );
}

/**
 * Reads a code that a runtime may have made up itself: twelve characters of A-Z and 0-9, otherwise read exactly like
 * {@link readAccessCode}. Registering and redeeming both come through here, so `O` and `0` are one character to both.
 */
export function readPairingCode(typed: string): string | undefined {
  if (typed.length > maxTypedLength) return undefined;
  const bare = typed.replace(separators, '');
  // Checked before upper-casing: `ı` and `ſ` become the ASCII letters I and S there.
  if (!/^[A-Za-z0-9]+$/.test(bare)) return undefined;
  const upper = bare.toUpperCase();
  // Only the length says whether a leading AT is the prefix: a code may itself begin with those two letters.
  const code = upper.length === codeLength + 2 && upper.startsWith('AT') ? upper.slice(2) : upper;
  return code.length === codeLength ? foldLookAlikeLetters(code) : undefined;
}

/**
 * Brings any text into the spelling of a canonical code: upper case, look-alikes folded, everything that is not a
 * letter or digit dropped. A code hides in a text exactly when this contains its canonical form. A text with percent
 * encoding comes back in every reading, as written and decoded, with a blank between them.
 */
export function foldCodeSpelling(text: string): string {
  return decodings(text).map(foldText).join(' ');
}

/** How often a text may be percent-encoded over. */
const maxEncodings = 4;

/** The text as written, and with its percent encoding taken away, once and again. */
export function decodings(text: string): string[] {
  const readings = [text];
  for (let last = text; readings.length <= maxEncodings; ) {
    const decoded = last.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(parseInt(hex, 16)),
    );
    if (decoded === last) break;
    readings.push(decoded);
    last = decoded;
  }
  return readings;
}

function foldText(text: string): string {
  return foldLookAlikeLetters(
    asItLooks(text)
      .toUpperCase()
      .replace(/[^A-Z0-9]/g, ''),
  );
}

function foldLookAlikeLetters(upper: string): string {
  return upper.replace(/O/g, '0').replace(/[IL]/g, '1');
}
