/** Whether a runtime is there, told honestly: the table's word is checked with the socket itself. */

import type { ClientStore, Gateway, GatewayStore, OpenSocket } from '../pairing/ports';
import { type GuardQueue, guardGrace } from '../wire/guards';
import { limits } from '../wire/limits';
import { announcePresence } from './announce-presence';
import type { ConnectionStore, Sockets } from './ports';

/** What presence needs. */
export interface PresenceWorld {
  gateways: GatewayStore;
  clients: ClientStore;
  connections: ConnectionStore;
  sockets: Sockets;
  guards: GuardQueue;
}

/**
 * Takes a dead socket out at once. The next newest is in charge then, without another write; one that has gone as well is
 * taken out too. Without any left the Apps are told. Gives those that are left.
 */
export async function retireSocket(
  world: PresenceWorld,
  gatewayId: string,
  socket: OpenSocket,
  nowMs: number,
): Promise<OpenSocket[]> {
  let dead: OpenSocket | undefined = socket;
  let left: OpenSocket[] = [];
  while (dead) {
    const [outcome] = await Promise.all([
      world.gateways.leave(gatewayId, dead, nowMs),
      world.connections.remove(dead.connectionId),
    ]);
    if (outcome === 'not-there') return (await world.gateways.read(gatewayId))?.sockets ?? [];
    left = outcome.left;
    const next: OpenSocket | undefined = left[0];
    // What was not in charge left no place to fill.
    if (!next || next.connectedAtMs > dead.connectedAtMs) break;
    const isGone = !isSettling(next, nowMs) && (await world.sockets.probe(next.connectionId)) === 'gone';
    dead = isGone ? next : undefined;
  }
  if (left.length === 0) {
    await Promise.all([
      announcePresence(world, { gatewayId, connected: false, atMs: nowMs }),
      guardGrace(world, gatewayId, nowMs),
    ]);
  }
  return left;
}

/** Whether the handshake of a socket may not be over yet: nothing is posted to it before it was asked. */
export function isSettling(socket: OpenSocket, nowMs: number): boolean {
  return nowMs - socket.connectedAtMs < limits.socketSettlingMs;
}

/** `settling`: the handshake is under way. `unclear`: the management API gave no answer. */
export type SocketState = 'open' | 'settling' | 'gone' | 'unclear';

/** Probes a socket, and retires it if it is gone. */
export async function probeSocket(
  world: PresenceWorld,
  gatewayId: string,
  socket: OpenSocket,
  nowMs: number,
): Promise<SocketState> {
  const state = await world.sockets.probe(socket.connectionId);
  if (state !== 'gone') return state;
  if (isSettling(socket, nowMs)) return 'settling';
  await retireSocket(world, gatewayId, socket, nowMs);
  return 'gone';
}

/** What a caller is told of a gateway. Times are ISO 8601. */
export interface Presence {
  connected: boolean;
  connectedSince?: string;
  lastSeenAt?: string;
}

/** The presence of a gateway, probed. A socket that could not be probed counts as connected. */
export async function presenceOf(world: PresenceWorld, gateway: Gateway, nowMs: number): Promise<Presence> {
  const { lastSeenAtMs } = gateway;
  const socket = await newestOpen(world, gateway, nowMs);
  return {
    connected: socket !== undefined,
    ...(socket ? { connectedSince: new Date(socket.connectedAtMs).toISOString() } : {}),
    ...(lastSeenAtMs === undefined ? {} : { lastSeenAt: new Date(lastSeenAtMs).toISOString() }),
  };
}

/** Behind one that is gone, or whose handshake may not be over, an older one may serve. */
async function newestOpen(
  world: PresenceWorld,
  { gatewayId, sockets }: Pick<Gateway, 'gatewayId' | 'sockets'>,
  nowMs: number,
): Promise<OpenSocket | undefined> {
  const looked = new Set<string>();
  let known = sockets;
  while (looked.size < limits.maxSocketsPerCredential) {
    const next = known.find(({ connectionId }) => !looked.has(connectionId));
    if (!next) return undefined;
    looked.add(next.connectionId);
    const state = await probeSocket(world, gatewayId, next, nowMs);
    if (state === 'open' || state === 'unclear') return next;
    // It has been taken out, and a new one may have come.
    if (state === 'gone') known = (await world.gateways.read(gatewayId))?.sockets ?? [];
  }
  return undefined;
}
