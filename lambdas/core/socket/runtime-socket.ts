/** What a runtime says on its socket. Whatever reads or changes something needs a socket that counts (`isListed`). */

import { placeTakenMs, shortMs } from '../call/waiting';
import type { Recorder } from '../monitor/ports';
import type { ClosingWorld } from '../pairing/close-sockets';
import type { Gateway } from '../pairing/ports';
import type { Connection } from '../presence/ports';
import type { PresenceWorld } from '../presence/presence';
import { acceptProgress, type ProgressOutcome } from '../reply/accept-progress';
import type { ReplyWorld } from '../reply/accept-reply';
import { type PendingWorld, pendingCalls } from '../reply/pending-calls';
import { errorFrame, type RuntimeFrame, resultFrame } from '../wire/frames';
import { limits, runtimeLimits } from '../wire/limits';
import { dismissSocket, isListed } from './dismiss-socket';

/** What the runtime's socket needs. */
export interface RuntimeSocketWorld extends PresenceWorld, ReplyWorld, PendingWorld, ClosingWorld {
  sockets: PresenceWorld['sockets'];
  recorder: Recorder;
}

/** What became of a frame that is no reply. */
export interface Heard {
  progress?: ProgressOutcome;
  /** The frame to send back. */
  answer?: string;
  /** The socket counts for nothing any more: it was told so, and closed. */
  dismissed?: true;
}

/** Handles a frame of a runtime that is no reply. */
export async function handleRuntimeFrame(
  world: RuntimeSocketWorld,
  connection: Connection,
  frame: Exclude<RuntimeFrame, { kind: 'reply' | 'invalid' }>,
  nowMs: number,
): Promise<Heard> {
  switch (frame.kind) {
    case 'progress':
      return { progress: await acceptProgress(world, connection, frame, nowMs) };
    case 'ping':
      if ((await world.gateways.seen(connection.gatewayId, connection, nowMs)) === 'not-there')
        return await dismiss(world, connection);
      return { answer: JSON.stringify({ type: 'pong' }) };
    case 'request': {
      const result = await serve(world, connection, frame, nowMs);
      if (result === 'dismissed') return { dismissed: true };
      if (frame.id === undefined) return {};
      return {
        answer: result ? resultFrame(frame.id, result) : errorFrame(frame.id, -32601, 'Method not found'),
      };
    }
  }
}

async function serve(
  world: RuntimeSocketWorld,
  connection: Connection,
  { method, params }: { method: string; params: unknown },
  nowMs: number,
): Promise<object | undefined | 'dismissed'> {
  const { gatewayId } = connection;
  const seen = async (features?: string[]) =>
    (await world.gateways.seen(gatewayId, connection, nowMs, features)) === 'seen';
  const dismissed = async (gateway?: Gateway) => {
    await dismiss(world, connection, gateway);
    return 'dismissed' as const;
  };
  switch (method) {
    case 'relay.ping':
      if (!(await seen())) return await dismissed();
      return { pong: true, time: new Date(nowMs).toISOString() };
    case 'relay.hello': {
      if (!(await seen(featuresOf(params)))) return await dismissed();
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
    case 'relay.pending': {
      // What was on its way when this socket came stands in the rows by then.
      const settledAtMs = connection.connectedAtMs + shortMs + placeTakenMs;
      if (settledAtMs > nowMs) await world.clock.sleep(settledAtMs - nowMs);
      const gateway = await world.gateways.read(gatewayId);
      if (!gateway || !isListed(connection, gateway.sockets)) return await dismissed(gateway);
      return await pendingCalls(world, gateway, params, world.clock.now());
    }
    default:
      return undefined;
  }
}

async function dismiss(
  world: RuntimeSocketWorld,
  connection: Connection,
  known?: Gateway,
): Promise<{ dismissed: true }> {
  const gateway = known ?? (await world.gateways.read(connection.gatewayId));
  const standing = gateway && { credentialHash: gateway.secretHash, sockets: gateway.sockets };
  await dismissSocket(world, connection, standing);
  return { dismissed: true };
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
