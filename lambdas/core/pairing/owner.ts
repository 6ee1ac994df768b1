/**
 * What an owner decides about a gateway: who is paired with it, under which secret it connects, and that it goes.
 *
 * Each decision is one write that every later authentication sees, so it holds from the next call on. The sockets that
 * were opened before are closed after that write: one that is missed (its row appears a moment later) can still not
 * authenticate anything.
 */

import { ApiError } from '../wire/errors';
import { authenticateClient } from './clients';
import { claimOf, hashCredential, newRelaySecret, type RandomBytes } from './credentials';
import { authenticateRuntime, unauthorized } from './gateways';
import type {
  CallSweep,
  ClientStore,
  Gateway,
  GatewayStore,
  OpenSocket,
  OpenSockets,
  PairingStore,
  SocketCloser,
} from './ports';

/** What an owner's decisions need. */
export interface OwnerWorld {
  gateways: GatewayStore;
  clients: ClientStore;
  pairings: PairingStore;
  connections: OpenSockets;
  sockets: SocketCloser;
}

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
): Promise<{ gatewayId: string; clientId: string }> {
  const gatewayId = await revokingGateway(world, credential, clientId, nowMs);
  const isClientId = /^cl_[\w-]{16}$/.test(clientId);
  if (!isClientId || (await world.clients.remove(gatewayId, clientId, nowMs)) === 'not-found') {
    throw new ApiError('not_found', 'The gateway has no such client.');
  }
  await closeSockets(world, gatewayId, (connection) => connection.clientId === clientId, nowMs);
  return { gatewayId, clientId };
}

async function revokingGateway(
  world: OwnerWorld,
  credential: string | undefined,
  clientId: string,
  nowMs: number,
): Promise<string> {
  if (claimOf(credential)?.role !== 'client') {
    return (await authenticateRuntime(world.gateways, credential)).gatewayId;
  }
  const { client } = await authenticateClient(world.clients, credential, nowMs);
  if (client.clientId === clientId) return client.gatewayId;
  throw new ApiError('forbidden', 'A client token may remove its own client alone.');
}

/**
 * Gives the gateway a new secret. The old one is dead at once, and so is every socket that it opened. Of simultaneous
 * rotations one succeeds, the others were made with a secret that is dead: `unauthorized`.
 */
export async function rotateSecret(
  world: Pick<OwnerWorld, 'gateways' | 'connections' | 'sockets'> & { random: RandomBytes },
  { gatewayId, secretHash }: Gateway,
  nowMs: number,
): Promise<{ gatewayId: string; relaySecret: string }> {
  const relaySecret = newRelaySecret(gatewayId, world.random);
  const rotated = await world.gateways.rotateSecret(
    gatewayId,
    secretHash,
    hashCredential(relaySecret),
    nowMs,
  );
  if (rotated === 'gone') throw unauthorized();
  await closeSockets(world, gatewayId, (connection) => connection.role === 'runtime', nowMs);
  return { gatewayId, relaySecret };
}

/**
 * Removes a gateway and whatever belongs to it. First the gateway is marked, from when on nothing of it authenticates;
 * its own row goes last, so that a removal that was cut short can be repeated with the same secret.
 */
export async function removeGateway(
  world: OwnerWorld & { callSweep: CallSweep },
  { gatewayId, secretHash }: Gateway,
  nowMs: number,
): Promise<void> {
  const marked = await world.gateways.startRemoval(gatewayId, secretHash, nowMs);
  if (marked === 'gone') throw unauthorized();
  await Promise.all([
    closeSockets(world, gatewayId, () => true, nowMs),
    world.clients.removeAll(gatewayId),
    marked.accessCodeHash === undefined ? undefined : world.pairings.forgetCode(marked.accessCodeHash),
    world.callSweep.removeAll(gatewayId),
  ]);
  await world.gateways.remove(gatewayId);
}

/** How many sockets are closed at the same time. */
const closedAtOnce = 10;

async function closeSockets(
  world: Pick<OwnerWorld, 'connections' | 'sockets'>,
  gatewayId: string,
  concerned: (connection: OpenSocket) => boolean,
  nowMs: number,
): Promise<void> {
  const open = (await world.connections.ofGateway(gatewayId, nowMs)).filter(concerned);
  for (let at = 0; at < open.length; at += closedAtOnce) {
    const some = open.slice(at, at + closedAtOnce);
    await Promise.all(
      some.map(async ({ connectionId }) => {
        await world.sockets.close(connectionId);
        await world.connections.remove(connectionId);
      }),
    );
  }
}
