/**
 * What travels in the one opaque member, `{ sealed: "<base64url>" }`.
 *
 *     up    1 | session (8) | n (4) | length of the call's id (1) | the call's id | chunks
 *     down  1 | message (4) | chunks
 */
import { fromBase64, joined, readWord, toBase64, utf8, word } from '../primitives/bytes';

const version = 1;
/** The first bytes of a handshake's hash name its session. */
export const sessionNameBytes = 8;

/** A call on its way up. */
export interface Up {
  session: Uint8Array;
  n: number;
  callId: string;
  chunks: Uint8Array;
}

/** Anything on its way down. */
export interface Down {
  message: number;
  chunks: Uint8Array;
}

/** The one member. */
export interface Sealed {
  sealed: string;
}

export function writeUp({ session, n, callId, chunks }: Up): Sealed {
  const id = utf8(callId);
  return write(joined(Uint8Array.of(version), session, word(n), Uint8Array.of(id.length), id, chunks));
}

/** Reads {@link writeUp}; undefined for anything else. `all` is what a refusal is about. */
export function readUp(value: unknown): (Up & { all: Uint8Array }) | undefined {
  const all = read(value);
  const idAt = 1 + sessionNameBytes + 4 + 1;
  if (!all || all.length < idAt) return undefined;
  const chunksAt = idAt + all[idAt - 1]!;
  if (all.length < chunksAt) return undefined;
  return {
    all,
    session: all.subarray(1, 1 + sessionNameBytes),
    n: readWord(all, 1 + sessionNameBytes),
    callId: String.fromCharCode(...all.subarray(idAt, chunksAt)),
    chunks: all.subarray(chunksAt),
  };
}

export function writeDown({ message, chunks }: Down): Sealed {
  return write(joined(Uint8Array.of(version), word(message), chunks));
}

/** Reads {@link writeDown}; undefined for anything else. */
export function readDown(value: unknown): Down | undefined {
  const all = read(value);
  if (!all || all.length < 5) return undefined;
  return { message: readWord(all, 1), chunks: all.subarray(5) };
}

function write(bytes: Uint8Array): Sealed {
  return { sealed: toBase64(bytes) };
}

function read(value: unknown): Uint8Array | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const bytes = fromBase64((value as Partial<Sealed>).sealed);
  return bytes?.[0] === version ? bytes : undefined;
}
