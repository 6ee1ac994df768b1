/** A frame from a socket of any role: whose it is decides what it means. */

import type { Connection } from '../presence/ports';
import type { PushWorld } from '../push/world';
import { acceptReply, type ReplyOutcome, replyRejected } from '../reply/accept-reply';
import { errorFrame, type RuntimeFrame, readRuntimeFrame } from '../wire/frames';
import { handleAppRequest } from './app-socket';
import { type Heard, handleRuntimeFrame, type RuntimeSocketWorld } from './runtime-socket';

/** What became of a frame. */
export interface Handled extends Heard {
  reply?: ReplyOutcome;
  /** What the server met that is not its peer's doing: for the log. */
  fault?: unknown;
}

/** Handles one frame. A reply needs no look at the socket's row as long as it comes from where the command went. */
export async function handleFrame(
  world: RuntimeSocketWorld & PushWorld,
  connectionId: string,
  text: string,
  nowMs: number,
): Promise<Handled> {
  const frame = readRuntimeFrame(text);
  if (frame.kind === 'invalid') return { answer: errorFrame(frame.id, frame.code, frame.message) };
  if (frame.kind === 'reply') return await handleReply(world, connectionId, frame, text, nowMs);
  const connection: Connection | undefined = await world.connections.read(connectionId, nowMs);
  if (!connection) {
    // So that its peer connects anew.
    await world.sockets.close(connectionId);
    return { dismissed: true };
  }
  if (connection.role === 'runtime') return await handleRuntimeFrame(world, connection, frame, nowMs);
  if (frame.kind === 'ping') return { answer: JSON.stringify({ type: 'pong' }) };
  if (connection.role === 'client' && frame.kind === 'request')
    return await handleAppRequest(world, connection, frame);
  return {};
}

async function handleReply(
  world: RuntimeSocketWorld,
  connectionId: string,
  frame: Extract<RuntimeFrame, { kind: 'reply' }>,
  text: string,
  nowMs: number,
): Promise<Handled> {
  try {
    const reply = await acceptReply(world, connectionId, frame, nowMs);
    if (reply === 'ended') return { reply };
    const count = world.memory.told.count(connectionId, nowMs);
    if (count === 0) return { reply };
    const sender = await world.connections.read(connectionId, nowMs);
    world.recorder.record(replyRejected(reply, frame.id, sender, { bytes: Buffer.byteLength(text), count }));
    return { reply };
  } catch (fault) {
    // Silence here would cost the App its answer.
    return { answer: errorFrame(frame.id, -32000, 'The reply could not be stored. Send it again.'), fault };
  }
}
