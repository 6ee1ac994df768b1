/** Every key and tag of the protocol, each with a label of its own. Names and labels are those of docs/sealing.md. */
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { grouped, lettersOf } from '../../wire/code';
import type { SealEnds } from '../../wire/seal';
import { listed, utf8, word } from '../primitives/bytes';

/** The protocol's version, in every label. */
export const protocol = 'agenttown-sealed/1';

/** What a handshake's prologue and an exchange's channel bind: the version, both ends, and who is which. */
export function endsAsBytes({ gatewayId, clientId }: SealEnds): Uint8Array {
  return listed(protocol, 'runtime', gatewayId, 'app', clientId);
}

/** What an exchange leaves behind: 32 bytes each. */
export interface PairingKeys {
  /** Is kept. */
  pairing: Uint8Array;
  /** Proves to the other side that the exchange came out the same. */
  confirmation: Uint8Array;
}

/** From the exchange's session key. */
export function pairingKeysOf(sessionKey: Uint8Array, sessionId: Uint8Array): PairingKeys {
  const derive = (label: string) => hkdf(sha256, sessionKey, sessionId, utf8(`${protocol} ${label}`), 32);
  return { pairing: derive('pairing'), confirmation: derive('confirmation') };
}

/** The tag by which one side confirms. */
export function confirmationOf(key: Uint8Array, side: 'app' | 'runtime', transcript: Uint8Array): Uint8Array {
  return hmac(sha256, key, listed(side, transcript));
}

/** The key of one call and one direction; `n` is the call's number in its session, which no other call has. */
export function callKeyOf(sessionKey: Uint8Array, n: number, callId: string): Uint8Array {
  return hmac(sha256, sessionKey, listed(`${protocol} call`, word(n), callId));
}

/** The tag of a refusal: that it is the runtime's, and about these very bytes. */
export function refusalTagOf(
  pairingKey: Uint8Array,
  ends: SealEnds,
  code: string,
  sealed: Uint8Array,
): Uint8Array {
  const key = hkdf(sha256, pairingKey, undefined, utf8(`${protocol} refusal`), 32);
  return hmac(sha256, key, listed(endsAsBytes(ends), code, sha256(sealed)));
}

/** What people compare, on both ends: 60 bits, as `XXXX-XXXX-XXXX`. */
export function fingerprintOf(pairingKey: Uint8Array): string {
  const hash = hmac(sha256, pairingKey, utf8(`${protocol} fingerprint`));
  return grouped(lettersOf(hash.subarray(0, 12)));
}
