/** Pairing an App by its code, and knowing it again by its token. */
import { codeNotFound } from './attempts';
import { readAccessCode } from './codes';
import { claimOf, hashCredential, matchesHash, newClientToken, newId, type RandomBytes } from './credentials';
import { unauthorized } from './gateways';
import { limits } from './limits';
import type { Client, ClientStore, Gateway, GatewayStore, PairingStore } from './ports';

/** What redeeming needs. */
export interface RedeemWorld {
  gateways: GatewayStore;
  pairings: PairingStore;
  random: RandomBytes;
}

/**
 * Turns a typed code into a client and its token. The code dies and the client is born in one transaction, so no
 * crash can lose the one without the other. Throws `code_not_found` for every code that is not live.
 */
export async function redeemAccessCode(
  world: RedeemWorld,
  request: { accessCode: string; label?: string | undefined },
  nowMs: number,
): Promise<{ gateway: Gateway; clientId: string; clientToken: string }> {
  const normalized = readAccessCode(request.accessCode);
  const code = normalized && (await world.pairings.readCode(hashCredential(normalized), nowMs));
  const gateway = code && (await world.gateways.read(code.gatewayId));
  if (!code || !gateway) throw codeNotFound();
  const clientId = newId('cl', world.random);
  const clientToken = newClientToken(gateway.gatewayId, clientId, world.random);
  const client: Client = {
    gatewayId: gateway.gatewayId,
    clientId,
    tokenHash: hashCredential(clientToken),
    label: request.label ?? 'App',
    createdAtMs: nowMs,
    lastUsedAtMs: nowMs,
    expiresAtMs: nowMs + limits.clientUnusedMs,
  };
  if ((await world.pairings.redeem(code, client, nowMs)) === 'dead') throw codeNotFound();
  return { gateway, clientId, clientToken };
}

/** The client that a token belongs to, with its gateway, in one read. Throws `unauthorized` for anything else. */
export async function authenticateClient(
  clients: ClientStore,
  credential: string | undefined,
  nowMs: number,
): Promise<{ client: Client; gateway: Gateway }> {
  const claim = claimOf(credential);
  if (claim?.role !== 'client') throw unauthorized();
  const { client, gateway } = await clients.readWithGateway(claim.gatewayId, claim.clientId, nowMs);
  if (!client || !gateway || !matchesHash(credential!, client.tokenHash)) throw unauthorized();
  return { client, gateway };
}
