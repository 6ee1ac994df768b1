/** From an App's request to a call that can be opened and a command that can be sent. */

import type { RandomBytes } from '../pairing/credentials';
import type { Client, Gateway } from '../pairing/ports';
import { isSettling } from '../presence/presence';
import { ApiError } from '../wire/errors';
import { commandFrame } from '../wire/frames';
import { check } from '../wire/json';
import { limits } from '../wire/limits';
import { callId, type RpcRequest } from '../wire/protocol';
import { callKeyOf, digestOf, frameIdOf, nonceOf, type OpenCall, type StoredCall } from './states';

/** What a runtime declares in `relay.hello` when it can fetch params. */
export const paramsByReference = 'params-by-reference';

/** What a call is made of. */
export interface CallParts {
  request: RpcRequest;
  /** The `Idempotency-Key` header: another place for the id. */
  idempotencyKey?: string | undefined;
  /** The caller's trace, passed on when it is well-formed. */
  traceparent?: string | undefined;
  /** Whether somebody follows the call's progress. */
  followed: boolean;
  client: Pick<Client, 'gatewayId' | 'clientId'>;
  gateway: Gateway;
  random: RandomBytes;
  /** The complete URL at which the runtime fetches params. */
  paramsUrlOf: (frameId: string) => string;
  nowMs: number;
}

/** A call and its command. */
export interface PreparedCall {
  /** As the client knows the call. */
  id: string;
  call: OpenCall;
  command: string;
  /** The command names its params instead of carrying them. */
  byReference: boolean;
}

/** Makes the call and its command. Throws `payload_too_large` for params that fit no frame of this runtime. */
export function prepareCall(parts: CallParts): PreparedCall {
  const { request, client, gateway, random, traceparent, nowMs } = parts;
  const id = idOf(parts) ?? Buffer.from(random(12)).toString('base64url');
  const { gatewayId, clientId } = client;
  const [socket] = gateway.sockets;
  const { method, params } = request;
  const deadlineMs = nowMs + request.timeoutMs;
  const call: OpenCall = {
    callKey: callKeyOf(gatewayId, clientId, id),
    nonce: nonceOf(random(6), parts.followed),
    gatewayId,
    clientId,
    method,
    ...(params === undefined ? {} : { params }),
    digest: digestOf(`${method}\n${JSON.stringify(params)}`),
    ...(traceparent && isTraceparent(traceparent) ? { traceparent } : {}),
    ...(socket && !isSettling(socket, nowMs) ? { sentTo: socket.connectionId } : {}),
    openedAtMs: nowMs,
    deadlineMs,
    expiresAtMs: deadlineMs + limits.keepAnswerMs,
  };
  return { id, call, ...commandFor(call, gateway, parts) };
}

/** The command of a call: whole, or naming its params where they are large and the runtime can fetch them. */
export function commandFor(
  call: OpenCall,
  gateway: Gateway,
  { paramsUrlOf }: Pick<CallParts, 'paramsUrlOf'>,
) {
  const frameId = frameIdOf(call);
  const meta = metaOf(call);
  const whole = commandFrame(frameId, call.method, call.params, meta);
  const bytes = Buffer.byteLength(whole);
  if (bytes <= limits.maxInlineParamsBytes) return { command: whole, byReference: false };
  if (gateway.features?.includes(paramsByReference)) {
    const named = { ...meta, paramsUrl: paramsUrlOf(frameId) };
    return { command: commandFrame(frameId, call.method, undefined, named), byReference: true };
  }
  if (bytes <= limits.maxPostedCommandBytes) return { command: whole, byReference: false };
  throw new ApiError('payload_too_large', 'The params are too large for a runtime that cannot fetch them.', {
    limitBytes: limits.maxPostedCommandBytes,
    outcome: 'too-large',
  });
}

/** The id may stand in the body or in the header; where both are, they must agree. */
function idOf({ request, idempotencyKey }: CallParts): string | undefined {
  if (idempotencyKey === undefined) return request.id;
  const key = check(callId, idempotencyKey, 'idempotency-key');
  if (request.id !== undefined && request.id !== key) {
    const message = 'must equal the Idempotency-Key header where both are sent';
    throw new ApiError('invalid_request', `The id ${message}.`, { errors: [{ path: 'id', message }] });
  }
  return key;
}

/** What every copy of a call's command says beside its params. */
export function metaOf({ clientId, deadlineMs, traceparent }: StoredCall) {
  const deadline = new Date(deadlineMs).toISOString();
  return { clientId, deadline, ...(traceparent ? { traceparent } : {}) };
}

/** W3C trace context, version 00 or later. */
function isTraceparent(text: string): boolean {
  return /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/.test(text);
}
