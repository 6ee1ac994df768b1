/** What the owner of a runtime may do with it, beside serving. Each throws the errors of `register`. */
import { ask, type Server, serverAt } from '../wire/http';
import type { Identity } from './identity';

/** A paired App, as its runtime's owner sees it. */
export interface PairedClient {
  clientId: string;
  label: string | null;
  createdAt: string;
  lastUsedAt: string;
}

/** What the server knows of a runtime. */
export interface GatewayStatus {
  gatewayId: string;
  connected: boolean;
  connectedSince?: string;
  lastSeenAt?: string;
  runtimeType: string;
  displayName: string;
}

const at = ({ serverUrl }: Identity, given?: typeof fetch): Server => serverAt(serverUrl, given);

/** The Apps that are paired, oldest first. */
export async function listClients(identity: Identity, given?: typeof fetch): Promise<PairedClient[]> {
  const credential = identity.relaySecret;
  const { clients } = await ask<{ clients: PairedClient[] }>(at(identity, given), 'GET /api/relay/clients', {
    credential,
  });
  return clients;
}

/** Ends an App's access: its token is dead at its next call. */
export async function revokeClient(
  identity: Identity,
  clientId: string,
  given?: typeof fetch,
): Promise<void> {
  const route = `DELETE /api/relay/clients/${encodeURIComponent(clientId)}`;
  await ask(at(identity, given), route, { credential: identity.relaySecret });
}

/** Whether the server sees the runtime. */
export async function gatewayStatus(identity: Identity, given?: typeof fetch): Promise<GatewayStatus> {
  return await ask(at(identity, given), 'GET /api/relay/status', { credential: identity.relaySecret });
}

/** Gives the identity up, with every client of it. */
export async function removeGateway(identity: Identity, given?: typeof fetch): Promise<void> {
  await ask(at(identity, given), 'DELETE /api/relay/gateway', { credential: identity.relaySecret });
}

/** What a descriptor is left with. */
export interface Leaving {
  /** Twelve of A-Z and 0-9, drawn at random. */
  pairingCode: string;
  /** Holds no secret and not the code; 32 KiB of JSON at most. */
  descriptor: Record<string, unknown>;
  token?: string | undefined;
  fetch?: typeof fetch;
}

/** Leaves a descriptor behind a code: whoever types the code gets it, once, within ten minutes. */
export async function leaveDescriptor(serverUrl: string, leaving: Leaving): Promise<{ expiresAt: string }> {
  const { token, fetch: given, ...body } = leaving;
  return await ask(serverAt(serverUrl, given), 'POST /api/runtime-pairings', {
    credential: token,
    body: { type: 'agenttown.runtime_pairing.v1', ...body },
  });
}
