/** Pairing an App by its code, and knowing it again by its token. */

import { ApiError } from '../wire/errors';
import { limits } from '../wire/limits';
import { codeNotFound } from './attempts';
import { isSealedCode, readAccessCode } from './codes';
import { claimOf, hashCredential, matchesHash, newClientToken, newId, type RandomBytes } from './credentials';
import { unauthorized } from './gateways';
import type { Client, ClientStore, Gateway, GatewayStore, PairingStore } from './ports';

/** What redeeming needs. */
export interface RedeemWorld {
  gateways: GatewayStore;
  clients: ClientStore;
  pairings: PairingStore;
  random: RandomBytes;
}

/**
 * Turns a typed code into a client and its token. The code dies and the client is born in one transaction, so no
 * crash can lose the one without the other. Throws `code_not_found` for every code that is not live, and
 * `too_many_clients`, which uses the code up no more than any other failure does.
 *
 * The clients are counted after the code was read, and that order holds the limit whatever runs at the same time: a
 * gateway has one live code, so another redeem either used an earlier code before this one was issued, and its client
 * is counted here, or finds its code dead.
 */
export async function redeemAccessCode(
  world: RedeemWorld,
  request: { accessCode: string; label?: string | undefined },
  nowMs: number,
): Promise<{ gateway: Gateway; clientId: string; clientToken: string }> {
  if (isSealedCode(request.accessCode)) {
    const message = 'has sixteen characters: the last four are not for the server';
    throw new ApiError('invalid_request', `The accessCode ${message}. Send the first twelve.`, {
      errors: [{ path: 'accessCode', message }],
    });
  }
  const normalized = readAccessCode(request.accessCode);
  const code = normalized && (await world.pairings.readCode(hashCredential(normalized), nowMs));
  if (!code) throw codeNotFound();
  const [gateway, clients] = await Promise.all([
    world.gateways.read(code.gatewayId),
    world.clients.list(code.gatewayId, nowMs),
  ]);
  if (gateway?.accessCodeHash !== code.codeHash) throw codeNotFound();
  if (clients.length >= limits.maxClientsPerGateway) {
    throw new ApiError(
      'too_many_clients',
      `The gateway has ${limits.maxClientsPerGateway} clients: its owner must revoke one first.`,
    );
  }
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
    sockets: [],
    calls: [],
    streams: [],
  };
  if ((await world.pairings.redeem(code, client, nowMs)) === 'dead') throw codeNotFound();
  return { gateway, clientId, clientToken };
}

/** How exactly a client's last use is known. */
const useNotedEveryMs = 60 * 60_000;

/**
 * Notes that a client was used, at most once an hour: most calls write nothing. A client lives for 90 days from then on.
 * For after the answer: nobody waits for it.
 */
export async function noteUse(clients: ClientStore, client: Client, nowMs: number): Promise<void> {
  if (nowMs - client.lastUsedAtMs < useNotedEveryMs) return;
  await clients.used(client, nowMs, nowMs + limits.clientUnusedMs);
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
