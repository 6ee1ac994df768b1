/**
 * Noise_NNpsk0_25519_ChaChaPoly_SHA256 (the Noise Protocol Framework, revision 34): both sides draw a key for this session, and only
 * who has the pairing key reads or writes its two messages.
 *
 *     -> psk, e
 *     <- e, ee
 */
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { x25519 } from '@noble/curves/ed25519.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { joined, utf8 } from './bytes';

const protocolName = 'Noise_NNpsk0_25519_ChaChaPoly_SHA256';
const nothing: Uint8Array = new Uint8Array(0);

/** The end of a handshake. */
export interface Keys {
  /** From the initiator to the responder, and back: 32 bytes each. */
  up: Uint8Array;
  down: Uint8Array;
  /** The handshake's hash: the same for both, and for no other session. */
  hash: Uint8Array;
}

/** One side of one handshake. */
export class Handshake {
  #chaining: Uint8Array;
  #hash: Uint8Array;
  #key: Uint8Array = nothing;
  #count = 0;
  readonly #ephemeral: Uint8Array;

  /** `ephemeral` is for vectors: 32 bytes. Whoever makes one has mixed in the key already, and sends or reads the first message next. */
  constructor(
    pairingKey: Uint8Array,
    prologue: Uint8Array,
    ephemeral: Uint8Array = x25519.utils.randomSecretKey(),
  ) {
    this.#ephemeral = ephemeral;
    // Longer than a hash, so it is hashed.
    this.#hash = sha256(utf8(protocolName));
    this.#chaining = this.#hash;
    this.#mix(prologue);
    const [chaining, hashed, key] = this.#derived(pairingKey, 3);
    this.#chaining = chaining!;
    this.#mix(hashed!);
    this.#setKey(key!);
  }

  /** The initiator's message. */
  writeFirst(payload: Uint8Array = nothing): Uint8Array {
    return joined(this.#sayEphemeral(), this.#seal(payload));
  }

  /** Reads the initiator's message; throws where it was not written with this key and prologue. */
  readFirst(message: Uint8Array): Uint8Array {
    this.#hearEphemeral(message);
    return this.#open(message.subarray(32));
  }

  /** The responder's message, after {@link readFirst} of `first`. */
  writeSecond(first: Uint8Array, payload: Uint8Array = nothing): Uint8Array {
    const own = this.#sayEphemeral();
    this.#mixKey(x25519.getSharedSecret(this.#ephemeral, first.subarray(0, 32)));
    return joined(own, this.#seal(payload));
  }

  /** Reads the responder's message; throws where it is no answer to ours. */
  readSecond(message: Uint8Array): Uint8Array {
    this.#hearEphemeral(message);
    // Throws for a point of low order.
    this.#mixKey(x25519.getSharedSecret(this.#ephemeral, message.subarray(0, 32)));
    return this.#open(message.subarray(32));
  }

  /** The keys, after both messages. */
  keys(): Keys {
    const [up, down] = this.#derived(nothing, 2);
    return { up: up!, down: down!, hash: this.#hash };
  }

  #sayEphemeral(): Uint8Array {
    const own = x25519.getPublicKey(this.#ephemeral);
    this.#mixEphemeral(own);
    return own;
  }

  #hearEphemeral(message: Uint8Array): void {
    if (message.length < 48) throw new RangeError('A message of the handshake is too short.');
    this.#mixEphemeral(message.subarray(0, 32));
  }

  /** With a pre-shared key the ephemeral one is mixed into the key as well. */
  #mixEphemeral(key: Uint8Array): void {
    this.#mix(key);
    this.#mixKey(key);
  }

  #mix(data: Uint8Array): void {
    this.#hash = sha256(joined(this.#hash, data));
  }

  #mixKey(input: Uint8Array): void {
    const [chaining, key] = this.#derived(input, 2);
    this.#chaining = chaining!;
    this.#setKey(key!);
  }

  #setKey(key: Uint8Array): void {
    this.#key = key;
    this.#count = 0;
  }

  /** Noise's HKDF: RFC 5869 with the chaining key as salt and no info. */
  #derived(input: Uint8Array, outputs: number): Uint8Array[] {
    const all = hkdf(sha256, input, this.#chaining, nothing, 32 * outputs);
    return Array.from({ length: outputs }, (_, i) => all.slice(32 * i, 32 * (i + 1)));
  }

  #seal(payload: Uint8Array): Uint8Array {
    const sealed = this.#cipher().encrypt(payload);
    this.#mix(sealed);
    return sealed;
  }

  #open(sealed: Uint8Array): Uint8Array {
    const payload = this.#cipher().decrypt(sealed);
    this.#mix(sealed);
    return payload;
  }

  #cipher() {
    return chacha20poly1305(this.#key, noiseNonce(this.#count++), this.#hash);
  }
}

/** Noise's nonce of ChaChaPoly: four zeros, then the count, the least significant byte first. */
export function noiseNonce(count: number): Uint8Array {
  const nonce = new Uint8Array(12);
  new DataView(nonce.buffer).setUint32(4, count, true);
  return nonce;
}
