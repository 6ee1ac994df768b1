/** What happens on a runtime's socket: it comes, it says things, it goes. */
import { endOf, frameIdOf, readFrameId } from './calls';
import { errorFrame, type RuntimeAnswer, readRuntimeFrame, resultFrame } from './frames';
import { limits, runtimeLimits } from './limits';
import type { CallStore, Connection, Gateway } from './ports';
import { type PresenceWorld, retireSocket } from './presence';

/** What the runtime's socket needs. */
export interface RuntimeSocketWorld extends PresenceWorld {
  calls: CallStore;
}

/** A socket's row outlives the socket's own age limit by this, so that its last frames still find it. */
const connectionRowMarginMs = 10 * 60_000;

/** Enters a new socket; from here on it gets the gateway's commands. */
export async function openRuntimeSocket(
  world: RuntimeSocketWorld,
  gateway: Gateway,
  socket: { connectionId: string; connectedAtMs: number },
): Promise<'attached' | 'superseded' | 'gone'> {
  const connection: Connection = {
    ...socket,
    role: 'runtime',
    gatewayId: gateway.gatewayId,
    expiresAtMs: socket.connectedAtMs + limits.maxConnectionMs + connectionRowMarginMs,
  };
  await world.connections.put(connection);
  return world.gateways.attach(gateway.gatewayId, socket);
}

/** Forgets a socket that has closed. Knows nothing of a socket whose row is gone. */
export async function closeSocket(world: RuntimeSocketWorld, connectionId: string, nowMs: number) {
  const connection = await world.connections.read(connectionId, nowMs);
  if (connection?.role === 'runtime') await retireSocket(world, connection.gatewayId, connectionId, nowMs);
  else if (connection) await world.connections.remove(connectionId);
  return connection;
}

/** Why a reply did or did not count. */
export type ReplyOutcome = 'ended' | 'unknown-call' | 'already-ended' | 'late' | 'foreign';

/**
 * Ends a call with a reply. The usual reply comes from the very socket that the command went to: one conditional
 * write. From another socket it takes a read of whose socket that is.
 */
export async function acceptReply(
  world: RuntimeSocketWorld,
  connectionId: string,
  reply: { id: string; answer: RuntimeAnswer },
  nowMs: number,
): Promise<ReplyOutcome> {
  const ref = readFrameId(reply.id);
  if (!ref) return 'unknown-call';
  const end = endOf(reply.answer, nowMs);
  const first = await world.calls.end(ref, end, { connectionId });
  if (first === 'ended') return 'ended';
  const call = first.refused;
  if (!call || frameIdOf(call) !== reply.id) return 'unknown-call';
  const connection = await world.connections.read(connectionId, nowMs);
  if (connection?.role !== 'runtime' || connection.gatewayId !== call.gatewayId) return 'foreign';
  if (call.end) return 'already-ended';
  if (nowMs >= call.deadlineMs) return 'late';
  const second = await world.calls.end(ref, end, { gatewayId: connection.gatewayId });
  return second === 'ended' ? 'ended' : 'already-ended';
}

/** Handles one frame of a runtime and gives the frame to send back, if any. */
export async function handleRuntimeFrame(
  world: RuntimeSocketWorld,
  connectionId: string,
  text: string,
  nowMs: number,
): Promise<{ reply?: ReplyOutcome; answer?: string }> {
  const frame = readRuntimeFrame(text);
  switch (frame.kind) {
    case 'reply':
      return { reply: await acceptReply(world, connectionId, frame, nowMs) };
    case 'progress':
      return {};
    case 'invalid':
      return { answer: errorFrame(frame.id, frame.code, frame.message) };
    case 'ping':
      await markSeen(world, connectionId, nowMs);
      return { answer: JSON.stringify({ type: 'pong' }) };
    case 'request': {
      const result = await serve(world, connectionId, frame.method, nowMs);
      if (frame.id === undefined) return {};
      return {
        answer: result ? resultFrame(frame.id, result) : errorFrame(frame.id, -32601, 'Method not found'),
      };
    }
  }
}

async function serve(world: RuntimeSocketWorld, connectionId: string, method: string, nowMs: number) {
  if (method === 'relay.ping') {
    await markSeen(world, connectionId, nowMs);
    return { pong: true, time: new Date(nowMs).toISOString() };
  }
  if (method === 'relay.hello') {
    const gatewayId = await markSeen(world, connectionId, nowMs);
    const { keepaliveMs, maxConnectionMs, reconnectAfterMs } = limits;
    return { protocol: 1, gatewayId, limits: runtimeLimits, keepaliveMs, maxConnectionMs, reconnectAfterMs };
  }
  return undefined;
}

async function markSeen(world: RuntimeSocketWorld, connectionId: string, nowMs: number) {
  const connection = await world.connections.read(connectionId, nowMs);
  if (connection?.role !== 'runtime') return undefined;
  await world.gateways.seen(connection.gatewayId, nowMs);
  return connection.gatewayId;
}
