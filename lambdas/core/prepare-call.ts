/** From an App's request to a call that can be opened and a command that can be sent. */
import { callKeyOf, digestOf, frameIdOf, type OpenCall } from './calls';
import type { RandomBytes } from './credentials';
import { ApiError } from './errors';
import { commandFrame } from './frames';
import { check } from './json';
import { limits } from './limits';
import type { Client, Gateway } from './ports';
import { callId, type RpcRequest } from './protocol';

/** What a call is made of. */
export interface CallParts {
  request: RpcRequest;
  /** The `Idempotency-Key` header: the id of a call whose body names none. */
  idempotencyKey: string | undefined;
  client: Client;
  gateway: Gateway;
  random: RandomBytes;
  nowMs: number;
}

/** Makes the call and its command. Throws `payload_too_large` for params that fit no frame. */
export function prepareCall(parts: CallParts): { id: string; call: OpenCall; command: string } {
  const { request, client, gateway, random, nowMs } = parts;
  const id = request.id ?? givenKey(parts) ?? Buffer.from(random(12)).toString('base64url');
  const { gatewayId, clientId } = client;
  const deadlineMs = nowMs + request.timeoutMs;
  const call: OpenCall = {
    callKey: callKeyOf(gatewayId, clientId, id),
    nonce: Buffer.from(random(6)).toString('base64url'),
    gatewayId,
    clientId,
    method: request.method,
    digest: digestOf(`${request.method}\n${JSON.stringify(request.params)}`),
    ...(gateway.socket ? { sentTo: gateway.socket.connectionId } : {}),
    openedAtMs: nowMs,
    deadlineMs,
    expiresAtMs: deadlineMs + limits.keepAnswerMs,
  };
  const meta = { clientId, deadline: new Date(deadlineMs).toISOString() };
  const command = commandFrame(frameIdOf(call), request.method, request.params, meta);
  if (Buffer.byteLength(command) > limits.maxPostedCommandBytes) {
    throw new ApiError('payload_too_large', 'The params are too large for this runtime.', {
      limitBytes: limits.maxPostedCommandBytes,
    });
  }
  return { id, call, command };
}

function givenKey({ idempotencyKey }: CallParts): string | undefined {
  return idempotencyKey === undefined ? undefined : check(callId, idempotencyKey);
}
