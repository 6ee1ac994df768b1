/**
 * CPace-Ristretto255-SHA512 of draft-irtf-cfrg-cpace (21), initiator and responder: from a short secret that both know to a long
 * one that nobody else does, one guess for each attempt.
 */
import { ristretto255, ristretto255_hasher } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { joined, listed } from './bytes';

const { Point } = ristretto255;
type RistrettoPoint = InstanceType<typeof Point>;

/** SHA-512's block. */
const blockBytes = 128;

/** What one side draws for one attempt. */
export interface Attempt {
  /** Goes to the other side. */
  share: Uint8Array;
  scalar: bigint;
}

/** What both sides know before: the secret, the channel that it is for, and a name that no other attempt has. */
export interface Channel {
  secret: Uint8Array;
  channel: Uint8Array;
  sessionId: Uint8Array;
}

/** The draft's generator for a secret and a channel, as 32 bytes. */
export function generatorOf(channel: Channel): Uint8Array {
  return pointOf(channel).toBytes();
}

/** Draws an attempt; `scalar` is for vectors. */
export function begin(channel: Channel, scalar: bigint = drawScalar()): Attempt {
  return { scalar, share: pointOf(channel).multiply(scalar).toBytes() };
}

/**
 * The intermediate session key (64 bytes) of an attempt. `undefined` for a share of the other side that is no point, or the neutral
 * one: the draft wants the exchange to end there.
 */
export function sessionKeyOf(
  { sessionId }: Channel,
  own: Attempt,
  other: Uint8Array,
  transcript: Uint8Array,
): Uint8Array | undefined {
  const shared = multiplyChecked(own.scalar, other);
  return shared && sha512(joined(listed('CPaceRistretto255_ISK', sessionId, shared), transcript));
}

/** The draft's transcript where one side began: its share and data first. */
export function transcriptOf(
  initiator: { share: Uint8Array; data: Uint8Array },
  responder: { share: Uint8Array; data: Uint8Array },
): Uint8Array {
  return listed(initiator.share, initiator.data, responder.share, responder.data);
}

/** The draft's `scalar_mult_vfy`, with `undefined` for its neutral element. */
export function multiplyChecked(scalar: bigint, encoded: Uint8Array): Uint8Array | undefined {
  try {
    const point = Point.fromBytes(encoded).multiply(scalar);
    return point.is0() ? undefined : point.toBytes();
  } catch {
    return undefined;
  }
}

/** A scalar of the draft's vectors: 32 bytes, the least significant first. */
export function readScalar(bytes: Uint8Array): bigint {
  return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function pointOf({ secret, channel, sessionId }: Channel): RistrettoPoint {
  const domain = 'CPaceRistretto255';
  const padding = Math.max(0, blockBytes - 1 - listed(secret).length - listed(domain).length);
  const text = listed(domain, secret, new Uint8Array(padding), channel, sessionId);
  return ristretto255_hasher.deriveToCurve!(sha512(text));
}

/** Of 512 random bits, so that no scalar is likelier than another by more than 2^-250. */
function drawScalar(): bigint {
  const scalar = readScalar(crypto.getRandomValues(new Uint8Array(64))) % Point.Fn.ORDER;
  return scalar === 0n ? drawScalar() : scalar;
}
