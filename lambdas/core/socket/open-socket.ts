/** How sockets come and go: a socket counts for as long as the row of the credential that opened it names it. */

import type { Recorder, WatcherStore } from '../monitor/ports';
import { forgetViewer, watcherOf } from '../monitor/tickets';
import { type ClosingWorld, closeSockets } from '../pairing/close-sockets';
import { unauthorized } from '../pairing/gateways';
import type { Client, ClientStore, Gateway, OpenSocket } from '../pairing/ports';
import { announcePresence } from '../presence/announce-presence';
import type { Connection } from '../presence/ports';
import { type PresenceWorld, retireSocket } from '../presence/presence';
import { limits } from '../wire/limits';

/** What coming and going needs. */
export interface SocketWorld extends PresenceWorld, ClosingWorld {
  sockets: PresenceWorld['sockets'];
  clients: ClientStore;
  recorder: Recorder;
}

/** A socket's row outlives the socket's own age limit by this, so that its last frames still find it. */
export const connectionRowMarginMs = 10 * 60_000;

/** By then `$connect` has returned, as a rule, and a post reaches the socket. */
const deliverAfterMs = 1_000;

/** Enters a new socket; from here on it gets the gateway's commands. Throws `unauthorized` when its secret died meanwhile. */
export async function openRuntimeSocket(
  world: SocketWorld,
  gateway: Gateway,
  socket: OpenSocket,
): Promise<void> {
  const { gatewayId, displayName, runtimeType, secretHash } = gateway;
  await world.connections.put(rowOf(socket, { role: 'runtime', gatewayId, credentialHash: secretHash }));
  world.recorder.record({
    type: 'relay.websocket.connected',
    gatewayId,
    displayName,
    runtimeType,
    outcome: 'connected',
  });
  if (gateway.sockets.length > 0) {
    const detail = 'A newer socket of the runtime takes the commands; the older one may still reply.';
    world.recorder.record({ type: 'relay.websocket.replaced', gatewayId, displayName, runtimeType, detail });
  }
  world.recorder.idle();
  const leave = () => world.gateways.leave(gatewayId, socket, socket.connectedAtMs);
  const entered = await orLeave(world.gateways.enter(gatewayId, socket, secretHash), leave);
  if (entered === 'gone') throw await refused(world, socket);
  await Promise.all([
    closeSockets(world, entered.pushedOut, 'replaced'),
    // Also where another socket was there: it may have been dead.
    world.guards.send({ kind: 'came', gatewayId }, deliverAfterMs).catch(() => {}),
    entered.before.length > 0
      ? undefined
      : // An App that hears nothing asks; a runtime that is refused for it would lose its commands.
        announcePresence(world, { gatewayId, connected: true, atMs: socket.connectedAtMs }).catch(() => {}),
  ]);
}

/** Enters an App's socket. Throws `unauthorized` when its client was revoked meanwhile. */
export async function openAppSocket(world: SocketWorld, client: Client, socket: OpenSocket): Promise<void> {
  const { gatewayId, clientId, tokenHash } = client;
  await world.connections.put(
    rowOf(socket, { role: 'client', gatewayId, clientId, credentialHash: tokenHash }),
  );
  world.recorder.record({ type: 'relay.websocket.connected', gatewayId, clientId, outcome: 'connected' });
  world.recorder.idle();
  const entered = await orLeave(world.clients.enter(client, socket), () =>
    world.clients.leave(client, socket),
  );
  if (entered === 'gone') throw await refused(world, socket);
  await closeSockets(world, entered.pushedOut, 'replaced');
}

function rowOf(
  socket: OpenSocket,
  whose: Pick<Connection, 'role' | 'gatewayId' | 'clientId' | 'credentialHash'>,
): Connection {
  const expiresAtMs = socket.connectedAtMs + limits.maxConnectionMs + connectionRowMarginMs;
  return { ...socket, ...whose, expiresAtMs };
}

/** A failed write may have been carried out: the socket will be refused, so it must not stay in the row. */
async function orLeave<T>(entering: Promise<T>, leave: () => Promise<unknown>): Promise<T> {
  try {
    return await entering;
  } catch (error) {
    await leave().catch(() => {});
    throw error;
  }
}

/** Removed, or its secret rotated, since the credential was checked. */
async function refused(world: SocketWorld, { connectionId }: OpenSocket) {
  await world.connections.remove(connectionId);
  return unauthorized();
}

/** Forgets a socket that has closed. Knows nothing of a socket whose row is gone. */
export async function closeSocket(
  world: SocketWorld & { watchers: WatcherStore },
  connectionId: string,
  nowMs: number,
): Promise<void> {
  const connection = await world.connections.read(connectionId, nowMs);
  if (!connection) return;
  const { role, gatewayId, clientId } = connection;
  if (role === 'viewer') return await forgetViewer(world, watcherOf(connection));
  const durationMs = nowMs - connection.connectedAtMs;
  world.recorder.record({ type: 'relay.websocket.disconnected', gatewayId, clientId, durationMs });
  if (role === 'runtime') await retireSocket(world, gatewayId, connection, nowMs);
  else {
    if (clientId !== undefined) await world.clients.leave({ gatewayId, clientId }, connection);
    await world.connections.remove(connectionId);
  }
}
