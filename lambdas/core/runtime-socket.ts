/** What happens on a runtime's socket: it comes, it says things, it goes. */
import { endOf, frameIdOf, readFrameId } from './calls';
import { errorFrame, type RuntimeAnswer, readRuntimeFrame, resultFrame } from './frames';
import { limits, runtimeLimits } from './limits';
import type { NewEvent } from './monitor-events';
import type { CallStore, Connection, Gateway, Recorder } from './ports';
import { type PresenceWorld, retireSocket } from './presence';

/** What the runtime's socket needs. */
export interface RuntimeSocketWorld extends PresenceWorld {
  calls: CallStore;
  recorder: Recorder;
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
  const { gatewayId, runtimeType } = gateway;
  world.recorder.record({ type: 'relay.websocket.connected', gatewayId, runtimeType, outcome: 'connected' });
  if (gateway.socket) {
    const detail = 'A newer socket of the runtime takes the commands; the older one may still reply.';
    world.recorder.record({ type: 'relay.websocket.replaced', gatewayId, runtimeType, detail });
  }
  world.recorder.idle();
  return world.gateways.attach(gatewayId, socket);
}

/** Forgets a socket that has closed. Knows nothing of a socket whose row is gone. */
export async function closeSocket(world: RuntimeSocketWorld, connectionId: string, nowMs: number) {
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

const rejections: Record<Exclude<ReplyOutcome, 'ended'>, string> = {
  'unknown-call': 'No command had this id.',
  'already-ended': 'The call had ended before.',
  late: 'The call was past its deadline.',
  foreign: 'The command went to another gateway.',
};

/** A reply that did not count, as the monitor tells it; `sender` is the socket's row, where there is one. */
export function replyRejected(
  outcome: Exclude<ReplyOutcome, 'ended'>,
  frameId: string,
  sender: Pick<Connection, 'gatewayId'> | undefined,
  bytes: number,
): NewEvent {
  const detail = rejections[outcome];
  const rpcId = readFrameId(frameId) ? frameId : undefined;
  return { type: 'relay.rpc.reply_rejected', gatewayId: sender?.gatewayId, rpcId, outcome, bytes, detail };
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
    case 'reply': {
      const reply = await acceptReply(world, connectionId, frame, nowMs);
      if (reply !== 'ended') {
        const connection = await world.connections.read(connectionId, nowMs);
        world.recorder.record(replyRejected(reply, frame.id, connection, Buffer.byteLength(text)));
      }
      return { reply };
    }
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
    world.recorder.record({ type: 'relay.websocket.message', gatewayId, method });
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
