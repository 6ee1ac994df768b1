/** Who is calling: API Gateway's word, or the edge's where the request proves that it came through it. */
import { isIP } from 'node:net';
import { sameSecret } from '../../core/pairing/credentials';
import { edgeProofHeader, env, viewerAddressHeader, viewerHostHeader } from '../env';

/** The part of an event that tells. Header names may come in any case; later events of a socket have none. */
export interface CallerEvent {
  headers?: Record<string, string | undefined> | null;
  requestContext: { identity?: { sourceIp?: string | null } };
}

/**
 * The caller's address. A caller who goes around the edge can send the edge's headers but not its proof, so its own
 * address counts. Without an edge no header is looked at.
 */
export function sourceIpOf(event: CallerEvent): string {
  const viewer = isProven(event) ? (headerOf(event, viewerAddressHeader) ?? '') : '';
  return isIP(viewer) ? viewer : (event.requestContext.identity?.sourceIp ?? '');
}

/** The host that the caller asked for: the edge gives the origin another name. */
export function hostOf(event: CallerEvent): string | undefined {
  return (isProven(event) ? headerOf(event, viewerHostHeader) : undefined) ?? headerOf(event, 'host');
}

function isProven(event: CallerEvent): boolean {
  const proof = process.env[env.edgeProof];
  return proof ? sameSecret(headerOf(event, edgeProofHeader) ?? '', proof) : false;
}

function headerOf({ headers }: CallerEvent, name: string): string | undefined {
  return Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
}
