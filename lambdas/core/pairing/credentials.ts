/**
 * Relay secrets, client tokens and tickets. A credential carries the ids that it speaks for, so that one
 * key look-up by id finds the row to compare with; the row holds only the SHA-256 of the whole credential.
 *
 *   ats_ base64url( gateway 12 bytes · random 32 bytes )              relay secret
 *   atc_ base64url( gateway 12 bytes · client 12 bytes · random 32 )  client token
 *   atv_ base64url( random 32 bytes )                                 viewer ticket
 *   atk_ base64url( gateway 12 bytes · client 12 bytes · random 32 )  ticket of an App's socket
 */
import { createHash, timingSafeEqual } from 'node:crypto';

/** Gives `count` bytes from the system's generator. */
export type RandomBytes = (count: number) => Uint8Array;

const idBytes = 12;
const randomBytesOfSecret = 32;

/** Who a well-formed credential says it speaks for. The secret part is not checked yet. */
export type Claim =
  | { role: 'runtime'; gatewayId: string }
  | { role: 'client'; gatewayId: string; clientId: string }
  | { role: 'client-ticket'; gatewayId: string; clientId: string }
  | { role: 'viewer' };

/** A new id: `prefix` and 96 random bits in base64url. */
export function newId(prefix: 'gw' | 'cl', random: RandomBytes): string {
  return `${prefix}_${base64url(random(idBytes))}`;
}

/** A new relay secret for a gateway. */
export function newRelaySecret(gatewayId: string, random: RandomBytes): string {
  return `ats_${base64url(Buffer.concat([bytesOfId(gatewayId), random(randomBytesOfSecret)]))}`;
}

/** A new client token. */
export function newClientToken(gatewayId: string, clientId: string, random: RandomBytes): string {
  return `atc_${ofClient(gatewayId, clientId, random)}`;
}

/** A new ticket of a client: it opens one socket, as its token would. */
export function newClientTicket(gatewayId: string, clientId: string, random: RandomBytes): string {
  return `atk_${ofClient(gatewayId, clientId, random)}`;
}

function ofClient(gatewayId: string, clientId: string, random: RandomBytes): string {
  const parts = [bytesOfId(gatewayId), bytesOfId(clientId), random(randomBytesOfSecret)];
  return base64url(Buffer.concat(parts));
}

/** A new viewer ticket. */
export function newTicket(random: RandomBytes): string {
  return `atv_${base64url(random(randomBytesOfSecret))}`;
}

/** Reads the ids out of a credential; undefined when it has none of the shapes. */
export function claimOf(credential: string | undefined): Claim | undefined {
  const match = /^at([sckv])_([A-Za-z0-9_-]{43,80})$/.exec(credential ?? '');
  if (!match?.[2]) return undefined;
  const bytes = Buffer.from(match[2], 'base64url');
  const gatewayId = `gw_${base64url(bytes.subarray(0, idBytes))}`;
  if (match[1] === 's' && bytes.length === idBytes + randomBytesOfSecret)
    return { role: 'runtime', gatewayId };
  if ((match[1] === 'c' || match[1] === 'k') && bytes.length === 2 * idBytes + randomBytesOfSecret) {
    const clientId = `cl_${base64url(bytes.subarray(idBytes, 2 * idBytes))}`;
    return { role: match[1] === 'c' ? 'client' : 'client-ticket', gatewayId, clientId };
  }
  return match[1] === 'v' && bytes.length === randomBytesOfSecret ? { role: 'viewer' } : undefined;
}

/** The only form in which a credential or code is stored: its SHA-256, base64url. */
export function hashCredential(credential: string): string {
  return createHash('sha256').update(credential).digest('base64url');
}

/** Compares in constant time whatever the lengths are, because both sides are hashed first. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}

/** Whether a presented credential is the one whose hash is stored. An absent hash matches nothing. */
export function matchesHash(credential: string, storedHash: string | undefined): boolean {
  return sameSecret(hashCredential(credential), storedHash ?? '');
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

function bytesOfId(id: string): Buffer {
  return Buffer.from(id.slice(3), 'base64url');
}
