/** What happens on a runtime's socket: it comes, it says things, it goes. */
import { acceptProgress, type ProgressOutcome, type ReplyWorld } from '../call/accept-reply';
import { type PendingWorld, pendingCalls } from '../call/pending-calls';
import type { Recorder } from '../monitor/ports';
import { unauthorized } from '../pairing/gateways';
import type { Client, Gateway } from '../pairing/ports';
import { announcePresence } from '../presence/announce-presence';
import type { Connection } from '../presence/ports';
import { type PresenceWorld, retireSocket } from '../presence/presence';
import { errorFrame, type RuntimeFrame, resultFrame } from '../wire/frames';
import { limits, runtimeLimits } from '../wire/limits';

/** What the runtime's socket needs. */
export interface RuntimeSocketWorld extends PresenceWorld, ReplyWorld, PendingWorld {
  recorder: Recorder;
}

/** What coming and going needs. */
export type SocketWorld = PresenceWorld & { recorder: Recorder };

/** A socket's row outlives the socket's own age limit by this, so that its last frames still find it. */
export const connectionRowMarginMs = 10 * 60_000;

/** Enters a new socket; from here on it gets the gateway's commands. Throws `unauthorized` when its secret died meanwhile. */
export async function openRuntimeSocket(
  world: SocketWorld,
  gateway: Gateway,
  socket: { connectionId: string; connectedAtMs: number },
): Promise<'attached' | 'superseded'> {
  const connection: Connection = {
    ...socket,
    role: 'runtime',
    gatewayId: gateway.gatewayId,
    secretHash: gateway.secretHash,
    expiresAtMs: socket.connectedAtMs + limits.maxConnectionMs + connectionRowMarginMs,
  };
  await world.connections.put(connection);
  const { gatewayId, runtimeType } = gateway;
  world.recorder.record({ type: 'relay.websocket.connected', gatewayId, runtimeType, outcome: 'connected' });
  if (gateway.socket) {
    const detail = 'A newer socket of the runtime takes the commands; the older one may still reply.';
    world.recorder.record({ type: 'relay.websocket.replaced', gatewayId, runtimeType, detail });
  }
  world.recorder.idle();
  const attached = await attachOrRetire(world, gateway, socket);
  if (attached === 'gone') {
    // Removed, or its secret rotated, since the secret was checked.
    await world.connections.remove(socket.connectionId);
    throw unauthorized();
  }
  if (attached === 'attached' && !gateway.socket) {
    const atMs = socket.connectedAtMs;
    // An App that hears nothing asks; a runtime that is refused for it would lose its commands.
    const all = await world.connections.ofGateway(gatewayId, atMs).catch(() => []);
    await announcePresence(world, all, { gatewayId, connected: true, atMs });
  }
  return attached;
}

/** A failed write may have been carried out: the socket will be refused, so it must not stay in charge. */
async function attachOrRetire(
  world: SocketWorld,
  { gatewayId, secretHash }: Gateway,
  socket: { connectionId: string; connectedAtMs: number },
) {
  try {
    return await world.gateways.attach(gatewayId, socket, secretHash);
  } catch (error) {
    await retireSocket(world, gatewayId, socket.connectionId, socket.connectedAtMs).catch(() => {});
    throw error;
  }
}

/** Enters an App's socket. */
export async function openAppSocket(
  world: SocketWorld,
  { gatewayId, clientId }: Pick<Client, 'gatewayId' | 'clientId'>,
  socket: { connectionId: string; connectedAtMs: number },
): Promise<void> {
  const expiresAtMs = socket.connectedAtMs + limits.maxConnectionMs + connectionRowMarginMs;
  await world.connections.put({ ...socket, role: 'client', gatewayId, clientId, expiresAtMs });
  world.recorder.record({ type: 'relay.websocket.connected', gatewayId, clientId, outcome: 'connected' });
}

/** Forgets a socket that has closed. Knows nothing of a socket whose row is gone. */
export async function closeSocket(world: SocketWorld, connectionId: string, nowMs: number) {
  const connection = await world.connections.read(connectionId, nowMs);
  if (connection && connection.role !== 'viewer') {
    const { gatewayId, clientId } = connection;
    const durationMs = nowMs - connection.connectedAtMs;
    world.recorder.record({ type: 'relay.websocket.disconnected', gatewayId, clientId, durationMs });
  }
  if (connection?.role === 'runtime') await retireSocket(world, connection.gatewayId, connectionId, nowMs);
  else if (connection) await world.connections.remove(connectionId);
  return connection;
}

/** Handles a frame of a runtime that is no reply, and gives the frame to send back, if any. */
export async function handleRuntimeFrame(
  world: RuntimeSocketWorld,
  connection: Connection,
  frame: Exclude<RuntimeFrame, { kind: 'reply' | 'invalid' }>,
  nowMs: number,
): Promise<{ progress?: ProgressOutcome; answer?: string }> {
  switch (frame.kind) {
    case 'progress':
      return { progress: await acceptProgress(world, connection, frame, nowMs) };
    case 'ping':
      await world.gateways.seen(connection.gatewayId, nowMs);
      return { answer: JSON.stringify({ type: 'pong' }) };
    case 'request': {
      const result = await serve(world, connection.gatewayId, frame, nowMs);
      if (frame.id === undefined) return {};
      return {
        answer: result ? resultFrame(frame.id, result) : errorFrame(frame.id, -32601, 'Method not found'),
      };
    }
  }
}

async function serve(
  world: RuntimeSocketWorld,
  gatewayId: string,
  { method, params }: { method: string; params: unknown },
  nowMs: number,
): Promise<object | undefined> {
  switch (method) {
    case 'relay.ping':
      await world.gateways.seen(gatewayId, nowMs);
      return { pong: true, time: new Date(nowMs).toISOString() };
    case 'relay.hello': {
      await world.gateways.seen(gatewayId, nowMs, featuresOf(params));
      world.recorder.record({ type: 'relay.websocket.message', gatewayId, method });
      const { keepaliveMs, maxConnectionMs, reconnectAfterMs } = limits;
      return {
        protocol: 1,
        gatewayId,
        limits: runtimeLimits,
        keepaliveMs,
        maxConnectionMs,
        reconnectAfterMs,
      };
    }
    case 'relay.pending':
      return await pendingCalls(world, gatewayId, params, nowMs);
    default:
      return undefined;
  }
}

/** The features that a runtime declares, as far as they are words. */
function featuresOf(params: unknown): string[] {
  const features = (params as { features?: unknown } | null | undefined)?.features;
  if (!Array.isArray(features)) return [];
  return features
    .filter((feature) => typeof feature === 'string')
    .filter((feature) => /^[a-z0-9-]{1,40}$/.test(feature))
    .slice(0, 16);
}
