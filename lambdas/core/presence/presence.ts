/** Whether a runtime is there, told honestly: the table's word is checked with the socket itself. */

import type { Gateway, GatewayStore, RuntimeSocket } from '../pairing/ports';
import { announcePresence } from './announce-presence';
import type { Connection, ConnectionStore, Sockets } from './ports';

/** What presence needs. */
export interface PresenceWorld {
  gateways: GatewayStore;
  connections: ConnectionStore;
  sockets: Sockets;
}

/** `$connect` returns a moment before its socket can be posted to; until this age a 410 may mean "not yet". */
export const settlingMs = 5_000;

/** A gateway with more dead sockets than this in a row counts as away. */
const maxSuccessors = 3;

/** Takes a dead socket out of charge at once and puts the newest one that is left in its place, if any. */
export async function retireSocket(
  world: PresenceWorld,
  gatewayId: string,
  connectionId: string,
  nowMs: number,
) {
  const [outcome] = await Promise.all([
    world.gateways.detach(gatewayId, connectionId, nowMs),
    world.connections.remove(connectionId),
  ]);
  if (outcome === 'not-in-charge') return;
  const left = await world.connections.ofGateway(gatewayId, nowMs);
  if (await promoteFrom(world, left, connectionId, nowMs)) return;
  await announcePresence(world, left, { gatewayId, connected: false, atMs: nowMs });
}

/**
 * Puts the newest open socket in charge of a gateway that has none in charge: a retirement that broke off half-way, or
 * that the index told too late of a new socket, leaves one behind.
 */
export async function promoteSocket(
  world: PresenceWorld,
  gatewayId: string,
  nowMs: number,
): Promise<RuntimeSocket | undefined> {
  return await promoteFrom(world, await world.connections.ofGateway(gatewayId, nowMs), undefined, nowMs);
}

async function promoteFrom(
  world: PresenceWorld,
  left: Connection[],
  gone: string | undefined,
  nowMs: number,
) {
  const candidates = left.filter(({ role, connectionId }) => role === 'runtime' && connectionId !== gone);
  for (const next of candidates.slice(0, maxSuccessors)) {
    const { connectionId, connectedAtMs, gatewayId, secretHash } = next;
    const state = await world.sockets.probe(connectionId);
    // A row whose socket has gone would stand in the way of the next look. A handshake puts itself in charge.
    if (state === 'gone' && nowMs - connectedAtMs >= settlingMs) await world.connections.remove(connectionId);
    if (state === 'gone') continue;
    const socket = { connectionId, connectedAtMs };
    // Not one that came with a secret that was rotated since.
    const outcome = await world.gateways.attach(gatewayId, socket, secretHash);
    if (outcome === 'attached') return socket;
    if (outcome === 'superseded') return undefined;
  }
  return undefined;
}

/** `settling`: the handshake is under way. `unclear`: the management API gave no answer. */
export type SocketState = 'open' | 'settling' | 'gone' | 'unclear';

/** Probes a socket, and retires it if it is gone. */
export async function probeSocket(
  world: PresenceWorld,
  gatewayId: string,
  socket: RuntimeSocket,
  nowMs: number,
): Promise<SocketState> {
  const state = await world.sockets.probe(socket.connectionId);
  if (state !== 'gone') return state;
  if (nowMs - socket.connectedAtMs < settlingMs) return 'settling';
  await retireSocket(world, gatewayId, socket.connectionId, nowMs);
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
  let socket = gateway.socket ?? (await promoteSocket(world, gateway.gatewayId, nowMs));
  let state = socket ? await probeSocket(world, gateway.gatewayId, socket, nowMs) : 'gone';
  for (let tries = 0; state === 'gone' && socket && tries < maxSuccessors; tries++) {
    // The dead socket has been retired: an older one may have taken its place.
    socket = (await world.gateways.read(gateway.gatewayId))?.socket;
    state = socket ? await probeSocket(world, gateway.gatewayId, socket, nowMs) : 'gone';
  }
  const connected = state === 'open' || state === 'unclear';
  return {
    connected,
    ...(connected && socket ? { connectedSince: new Date(socket.connectedAtMs).toISOString() } : {}),
    ...(lastSeenAtMs === undefined ? {} : { lastSeenAt: new Date(lastSeenAtMs).toISOString() }),
  };
}
