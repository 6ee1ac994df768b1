/** Every request of the HTTP protocol as a schema. Unknown members are ignored; each message names its rule. */
import * as z from 'zod/mini';
import { limits } from './limits';

const text = (max: number) => z.string().check(z.trim(), z.minLength(1), z.maxLength(max));

const capabilities = z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]).check(
  z.refine((value) => Buffer.byteLength(JSON.stringify(value)) <= limits.maxCapabilitiesBytes, {
    error: `must be ${limits.maxCapabilitiesBytes} bytes or less`,
  }),
);

/** `POST /api/relay/register`. With `gatewayId` and `relaySecret` an existing identity is refreshed. */
export const registerRequest = z
  .object({
    type: z.optional(z.string()),
    runtimeType: text(64),
    displayName: z.optional(text(128)),
    machineId: z.optional(text(128)),
    capabilities: z.optional(capabilities),
    gatewayId: z.optional(z.string().check(z.maxLength(64))),
    relaySecret: z.optional(z.string().check(z.maxLength(256))),
  })
  .check(
    z.refine((body) => (body.gatewayId === undefined) === (body.relaySecret === undefined), {
      error: 'gatewayId and relaySecret go together',
      path: ['relaySecret'],
    }),
  );
export type RegisterRequest = z.infer<typeof registerRequest>;

/** `POST /api/relay/redeem`. The code is read tolerantly, later. */
export const redeemRequest = z.object({
  accessCode: z.string().check(z.minLength(1), z.maxLength(128)),
  label: z.optional(text(64)),
});

const typedCode = z.string().check(z.minLength(1), z.maxLength(128));

/** `POST /api/runtime-pairings`. The descriptor is judged apart; its `type` counts before the outer one. */
export const pairingRequest = z.object({
  type: z.optional(z.unknown()),
  pairingCode: typedCode,
  descriptor: z.unknown().check(
    z.refine((value) => typeof value === 'object' && value !== null && !Array.isArray(value), {
      error: 'must be a JSON object',
    }),
  ),
});
export type PairingRequest = z.infer<typeof pairingRequest>;

/** `POST /api/runtime-pairings/redeem`. The code is read tolerantly, later. */
export const pairingRedeemRequest = z.object({ pairingCode: typedCode });

const methodName = z.string().check(
  z.regex(/^[A-Za-z0-9._:/-]{1,128}$/, { error: 'must be 1 to 128 characters of A-Za-z0-9._:/-' }),
  z.refine((name) => !name.startsWith('relay.'), { error: 'names that begin with "relay." are reserved' }),
);

/** A call's id as its client chose it. */
export const callId = z
  .string()
  .check(z.regex(/^[A-Za-z0-9_-]{1,64}$/, { error: 'must be 1 to 64 characters of A-Za-z0-9_-' }));

const rpcRequestUpTo = (maxTimeoutMs: number) =>
  z.object({
    gatewayId: z.string().check(z.minLength(1), z.maxLength(64)),
    method: methodName,
    params: z.optional(z.unknown()),
    id: z.optional(callId),
    timeoutMs: z._default(
      z.number().check(z.int(), z.minimum(limits.minTimeoutMs), z.maximum(maxTimeoutMs)),
      limits.defaultTimeoutMs,
    ),
  });
export type RpcRequest = z.infer<ReturnType<typeof rpcRequestUpTo>>;

/** Making a schema takes longer than checking with it, so there is one for each longest timeout. */
const rpcRequests = new Map<number, ReturnType<typeof rpcRequestUpTo>>();

/** `POST /api/relay/rpc`; a streamed call may run longer. */
export function rpcRequest(maxTimeoutMs: number): ReturnType<typeof rpcRequestUpTo> {
  const made = rpcRequests.get(maxTimeoutMs) ?? rpcRequestUpTo(maxTimeoutMs);
  rpcRequests.set(maxTimeoutMs, made);
  return made;
}
