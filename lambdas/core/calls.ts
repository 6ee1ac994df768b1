/**
 * A call and its states. `pending` is the only state that is left, and it is left once, by one conditional write:
 *
 *   outcome        | moved there by                                  | the caller sees
 *   ---------------|-------------------------------------------------|---------------------------
 *   answered       | a reply with a result, from the gateway         | 200 ok: true
 *   runtime-error  | a reply with an error, from the gateway         | 200 ok: false
 *   offline        | a waiter: no socket took it within the grace    | 503 runtime_offline
 *   disconnected   | a waiter: the runtime left and stayed away      | 502 runtime_disconnected
 *   timed-out      | a waiter, or any reader past the deadline       | 504 rpc_timeout
 */
import { createHash } from 'node:crypto';
import { ApiError } from './errors';
import type { RuntimeAnswer } from './frames';

/** The one word for how a call ended: in the answer, in the row and in metrics. */
export type Outcome = 'answered' | 'runtime-error' | 'offline' | 'disconnected' | 'timed-out';

/** A call as it is opened. */
export interface OpenCall {
  callKey: string;
  /** Tells two calls apart that use the same id one after the other. */
  nonce: string;
  gatewayId: string;
  clientId: string;
  method: string;
  /** Digest of method and params: the same id with another digest is a conflict. */
  digest: string;
  /** The socket that the command went to, or is about to. */
  sentTo?: string;
  openedAtMs: number;
  deadlineMs: number;
  expiresAtMs: number;
}

/** A call's end. */
export interface CallEnd {
  outcome: Outcome;
  atMs: number;
  /** What the runtime said, where it did. */
  answer?: RuntimeAnswer;
}

/** A call as it is stored. */
export interface StoredCall extends OpenCall {
  end?: CallEnd;
}

const keyLength = 22;

/** The key of a client's call: 128 bits of a hash, so that ids of two clients never meet. */
export function callKeyOf(gatewayId: string, clientId: string, id: string): string {
  return digestOf(`${gatewayId}\n${clientId}\n${id}`);
}

/** 128 bits of SHA-256, base64url. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, keyLength);
}

/** The id under which the runtime knows the call. */
export function frameIdOf(call: { callKey: string; nonce: string }): string {
  return `rpc_${call.callKey}${call.nonce}`;
}

/** Reads a frame id back; undefined when no command of ours had it. */
export function readFrameId(id: string): { callKey: string; nonce: string } | undefined {
  const match = /^rpc_([A-Za-z0-9_-]{22})([A-Za-z0-9_-]{8})$/.exec(id);
  return match ? { callKey: match[1]!, nonce: match[2]! } : undefined;
}

/** How an answer of the runtime ends its call. */
export function endOf(answer: RuntimeAnswer, atMs: number): CallEnd {
  return { outcome: 'error' in answer ? 'runtime-error' : 'answered', atMs, answer };
}

/** The end of a call as of now: a pending call past its deadline has timed out, whoever was to write so. */
export function endAsOf(call: StoredCall, nowMs: number): CallEnd | undefined {
  if (call.end) return call.end;
  return nowMs >= call.deadlineMs ? { outcome: 'timed-out', atMs: call.deadlineMs } : undefined;
}

/** The body of a 200, or the error that the caller gets instead. */
export function answerOf(id: string, call: OpenCall, end: CallEnd): Record<string, unknown> {
  const durationMs = Math.max(0, end.atMs - call.openedAtMs);
  const seconds = Math.round((call.deadlineMs - call.openedAtMs) / 1000);
  switch (end.outcome) {
    case 'answered':
    case 'runtime-error':
      return { ok: end.outcome === 'answered', id, ...end.answer, durationMs };
    case 'offline':
      throw new ApiError('runtime_offline', 'No runtime is connected for this gateway.', {
        id,
        retryAfterMs: 5_000,
      });
    case 'disconnected':
      throw new ApiError(
        'runtime_disconnected',
        'The runtime went away during the call and did not return.',
        {
          id,
          retryAfterMs: 5_000,
        },
      );
    case 'timed-out':
      throw new ApiError('rpc_timeout', `The runtime did not answer within ${seconds} s.`, {
        id,
        retryAfterMs: 1_000,
      });
  }
}
