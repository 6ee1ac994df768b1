/**
 * What an owner decides about a gateway: who is paired with it, under which secret it connects, and that it goes.
 *
 * Each decision is one write that every later authentication sees, so it holds from the next call on. The very same write
 * tells which sockets the credential had: from then on nothing that they say counts, and they are closed.
 */

import { ApiError } from '../wire/errors';
import { type GuardQueue, guardCloses, guardGrace } from '../wire/guards';
import { authenticateClient } from './clients';
import { type ClosingWorld, closeSockets, keepClosing } from './close-sockets';
import { claimOf, hashCredential, newRelaySecret, type RandomBytes } from './credentials';
import { authenticateRuntime, unauthorized } from './gateways';
import type { CallSweep, Client, ClientStore, Gateway, GatewayStore, PairingStore } from './ports';

/** What an owner's decisions need. */
export interface OwnerWorld extends ClosingWorld {
  gateways: GatewayStore;
  clients: ClientStore;
  pairings: PairingStore;
  callSweep: CallSweep;
  guards: GuardQueue;
}

/** What is done about a decision after its answer has left. Never rejects for what cannot be helped. */
export type Afterwards = () => Promise<void>;

/** A client as its owner sees it. Times are ISO 8601. */
export interface ClientView {
  clientId: string;
  label: string;
  createdAt: string;
  lastUsedAt: string;
}

/** The gateway's live clients, oldest first. */
export async function listClients(
  clients: ClientStore,
  gatewayId: string,
  nowMs: number,
): Promise<ClientView[]> {
  const live = await clients.list(gatewayId, nowMs);
  live.sort((one, other) => one.createdAtMs - other.createdAtMs);
  return live.map(({ clientId, label, createdAtMs, lastUsedAtMs }) => ({
    clientId,
    label,
    createdAt: new Date(createdAtMs).toISOString(),
    lastUsedAt: new Date(lastUsedAtMs).toISOString(),
  }));
}

/**
 * Ends a client on the word of its gateway's secret or of its own token: the token is dead at once, the sockets are
 * closed. Throws `forbidden` for another client's token, `not_found` where there is no such client.
 */
export async function revokeClient(
  world: OwnerWorld,
  credential: string | undefined,
  clientId: string,
  nowMs: number,
): Promise<{ gatewayId: string; clientId: string; afterwards: Afterwards }> {
  const { gatewayId, by } = await revokingGateway(world, credential, clientId, nowMs);
  const isClientId = /^cl_[\w-]{16}$/.test(clientId);
  const { client } = isClientId ? await world.clients.readWithGateway(gatewayId, clientId, nowMs) : {};
  // Should this function die behind its write, or not learn that it was done, the repeated request finds no client.
  if (client) await guardRevoked(world, client, revokedSurelyMs);
  const removed = client ? await world.clients.remove(gatewayId, clientId, nowMs) : 'not-found';
  if (removed === 'not-found') throw new ApiError('not_found', 'The gateway has no such client.');
  const [left] = await Promise.all([
    closeSockets(world, removed.sockets, by === 'itself' ? 'removed' : 'revoked'),
    guardRevoked(world, removed, 0),
  ]);
  await guardCloses(world, left);
  return { gatewayId, clientId, afterwards: () => keepClosing(world, left) };
}

/** By then the write of a revocation is done, or never will be, in milliseconds. */
const revokedSurelyMs = 5_000;

/** Sends the guard that ends what a client has open. Without it calls go on to their ends, of which nobody hears. */
async function guardRevoked({ guards }: OwnerWorld, client: Client, inMs: number): Promise<void> {
  const { gatewayId, clientId } = client;
  const leases = client.calls.map(({ id }) => id);
  const sockets = client.sockets.map(({ connectionId }) => connectionId);
  if (leases.length + sockets.length === 0) return;
  await guards.send({ kind: 'revoked', gatewayId, clientId, leases, sockets }, inMs).catch(() => {});
}

async function revokingGateway(
  world: OwnerWorld,
  credential: string | undefined,
  clientId: string,
  nowMs: number,
): Promise<{ gatewayId: string; by: 'owner' | 'itself' }> {
  if (claimOf(credential)?.role !== 'client') {
    const { gatewayId } = await authenticateRuntime(world.gateways, credential);
    return { gatewayId, by: 'owner' };
  }
  const { client } = await authenticateClient(world.clients, credential, nowMs);
  if (client.clientId === clientId) return { gatewayId: client.gatewayId, by: 'itself' };
  throw new ApiError('forbidden', 'A client token may remove its own client alone.');
}

/**
 * Gives the gateway a new secret. The old one is dead at once, and so is every socket that it opened: none of them gets
 * a command any more, and no reply of theirs counts. Of simultaneous rotations one succeeds, the others were made with a
 * secret that is dead: `unauthorized`.
 */
export async function rotateSecret(
  world: OwnerWorld & { random: RandomBytes },
  known: Gateway,
  nowMs: number,
): Promise<{ gatewayId: string; relaySecret: string; afterwards: Afterwards }> {
  const { gatewayId, secretHash } = known;
  const relaySecret = newRelaySecret(gatewayId, world.random);
  const to = hashCredential(relaySecret);
  const rotated = await world.gateways.rotateSecret(gatewayId, secretHash, to, nowMs);
  if (rotated === 'gone') throw unauthorized();
  // Of a write whose first answer was lost nobody learns what it replaced.
  const old = rotated.sockets.length > 0 ? rotated.sockets : known.sockets;
  const withdraw = () => world.callSweep.withdrawAll(gatewayId, old, world.clock.now()).catch(() => {});
  const [left] = await Promise.all([
    closeSockets(world, old, 'revoked'),
    withdraw(),
    guardGrace(world, gatewayId, nowMs),
  ]);
  await guardCloses(world, left);
  // A call that was young during the rotation is in no set yet, and looking for it may fail.
  return { gatewayId, relaySecret, afterwards: () => keepClosing(world, left, withdraw) };
}

/**
 * Removes a gateway and whatever belongs to it. First the gateway is marked, from when on nothing of it authenticates;
 * its own row goes last, so that a removal that was cut short can be repeated with the same secret.
 */
export async function removeGateway(
  world: OwnerWorld,
  { gatewayId, secretHash }: Gateway,
  nowMs: number,
): Promise<{ afterwards: Afterwards }> {
  const marked = await world.gateways.startRemoval(gatewayId, secretHash, nowMs);
  if (marked === 'gone') throw unauthorized();
  const removeClients = async () => {
    const clients = await world.clients.removeAll(gatewayId);
    const sockets = clients.flatMap((client) => client.sockets);
    const [left] = await Promise.all([
      closeSockets(world, sockets, 'removed'),
      world.callSweep.removeAll(gatewayId, clients),
    ]);
    return left;
  };
  const [ofRuntime, ofApps] = await Promise.all([
    closeSockets(world, marked.sockets, 'removed'),
    removeClients(),
    marked.accessCodeHash === undefined ? undefined : world.pairings.forgetCode(marked.accessCodeHash),
  ]);
  const left = [...ofRuntime, ...ofApps];
  await guardCloses(world, left);
  await world.gateways.remove(gatewayId);
  return { afterwards: () => keepClosing(world, left) };
}
