/** Bytes and texts: how the protocol writes them down, so that both ends hash and bind the same. */

const encoder = new TextEncoder();

/** UTF-8. */
export const utf8 = (text: string): Uint8Array => encoder.encode(text);

/** One after the other. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Each with its length before it (LEB128, as in draft-irtf-cfrg-cpace), so that no two lists read alike. */
export function listed(...parts: ReadonlyArray<Uint8Array | string>): Uint8Array {
  return joined(
    ...parts.flatMap((part) => {
      const bytes = typeof part === 'string' ? utf8(part) : part;
      return [leb128(bytes.length), bytes];
    }),
  );
}

function leb128(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    bytes.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest < 128) return Uint8Array.from(bytes);
  }
}

/** A whole number below 2^32, most significant byte first. */
export function word(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** Reads {@link word}. */
export function readWord(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0);
}

/** Whether they are the same, in a time that says nothing about where they differ. */
export function isSame(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ (b[i] ?? 0);
  return difference === 0;
}

/** What newer engines do by themselves, and Node.js does in its own way: on a megabyte it saves tens of milliseconds. */
interface Native {
  toBase64?(how: { alphabet: 'base64url'; omitPadding: true }): string;
}
const { Buffer } = globalThis as {
  Buffer?: {
    from(data: ArrayBufferLike, at: number, length: number): { toString(how: 'base64url'): string };
  };
};

/** base64url without padding: RFC 4648, section 5. */
export function toBase64(bytes: Uint8Array): string {
  if (Buffer) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64url');
  return (bytes as Native).toBase64?.({ alphabet: 'base64url', omitPadding: true }) ?? slowBase64(bytes);
}

/** The same where nothing does it. */
export function slowBase64(bytes: Uint8Array): string {
  let text = '';
  // As many as a call takes arguments everywhere.
  for (let at = 0; at < bytes.length; at += 0x6000)
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + 0x6000)));
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** Reads {@link toBase64}; undefined for anything that it does not write. */
export function fromBase64(text: unknown): Uint8Array | undefined {
  if (typeof text !== 'string' || !/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
