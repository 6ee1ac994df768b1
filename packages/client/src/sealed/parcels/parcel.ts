/**
 * A sealed text: padded, cut into chunks, each under its own nonce. No chunk can be left out, moved, or put into another text.
 *
 *     chunk i = ChaCha20-Poly1305(key, nonce = message | i | 1 for the last chunk else 0, data = binding)
 */

import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import type { SealEnds } from '../../wire/seal';
import { joined, listed, utf8, word } from '../primitives/bytes';
import { endsAsBytes } from './keys';
import { padded } from './padding';

/** Of plaintext, in bytes; each chunk has a tag of 16 bytes behind it. */
export const chunkBytes = 64 * 1024;
const tagBytes = 16;

/** What a text is, and of which call: opened as anything else it does not open. */
export interface Binding extends SealEnds {
  callId: string;
  kind: 'call' | 'progress' | 'answer';
  /** Of progress; 0 otherwise. */
  seq: number;
}

/** Seals a value as JSON. `message` is the text's number under this key: no other text may have it. */
export function sealValue(key: Uint8Array, message: number, binding: Binding, value: unknown): Uint8Array {
  const text = padded(utf8(JSON.stringify(value)));
  const data = bindingAsBytes(binding);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < text.length; at += chunkBytes) {
    const nonce = nonceOf(message, chunks.length, at + chunkBytes >= text.length);
    chunks.push(chacha20poly1305(key, nonce, data).encrypt(text.subarray(at, at + chunkBytes)));
  }
  return joined(...chunks);
}

/** Opens what {@link sealValue} made. Throws for anything else, and for anything that is not all of it. */
export function openValue(key: Uint8Array, message: number, binding: Binding, sealed: Uint8Array): unknown {
  const data = bindingAsBytes(binding);
  const size = chunkBytes + tagBytes;
  const texts: Uint8Array[] = [];
  for (let at = 0; at === 0 || at < sealed.length; at += size) {
    const nonce = nonceOf(message, texts.length, at + size >= sealed.length);
    texts.push(chacha20poly1305(key, nonce, data).decrypt(sealed.subarray(at, at + size)));
  }
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(joined(...texts)));
}

function nonceOf(message: number, chunk: number, isLast: boolean): Uint8Array {
  return joined(word(message), word(chunk), word(isLast ? 1 : 0));
}

function bindingAsBytes({ gatewayId, clientId, callId, kind, seq }: Binding): Uint8Array {
  return listed(endsAsBytes({ gatewayId, clientId }), kind, callId, word(seq));
}
