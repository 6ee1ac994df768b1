/** Who is calling: API Gateway's word, or the edge's where the request proves that it came through it. */
import { isIP } from 'node:net';
import { sameSecret } from '../core/credentials';
import { edgeProofHeader, env, viewerAddressHeader } from './env';

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
  const seen = event.requestContext.identity?.sourceIp ?? '';
  const proof = process.env[env.edgeProof];
  if (!proof) return seen;
  const header = (name: string) =>
    Object.entries(event.headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
  const viewer = header(viewerAddressHeader) ?? '';
  return sameSecret(header(edgeProofHeader) ?? '', proof) && isIP(viewer) ? viewer : seen;
}
