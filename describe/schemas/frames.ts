/** What frames of the relay socket have in common. What leaves the server is JSON-RPC 2.0 and carries OpenClaw's `type` beside it. */
import * as z from 'zod';
import { closings } from '../../lambdas/core/pairing/close-sockets';
import type { Command, CommandMeta } from '../../lambdas/core/wire/frames';
import type { Same } from './same';
import { anyJson, clientId, frameId, time } from './words';

export const jsonrpc = z.literal('2.0');

/** The id of a request, as its sender chose it; null where it could not be read. */
export const peerId = z.union([z.string(), z.number(), z.null()]);

/** An event of the relay, under both conventions' names. */
export function eventOf<const Name extends string>(name: Name, params: z.ZodType) {
  return z.object({
    jsonrpc,
    type: z.literal('event'),
    event: z.literal(name),
    method: z.literal(name),
    params,
  });
}

/** The answer to a request that the relay itself serves. */
export function answerOf(result: z.ZodType) {
  return z.object({ jsonrpc, type: z.literal('res'), id: peerId, ok: z.literal(true), result });
}

/** A request that the relay itself serves. */
export function requestOf<const Name extends string>(name: Name, params?: z.ZodType) {
  const members = {
    jsonrpc: jsonrpc.optional(),
    id: z.union([z.string(), z.number()]),
    method: z.literal(name),
  };
  return z.looseObject(params ? { ...members, params } : members);
}

export const commandMeta = z
  .object({
    clientId,
    deadline: time.meta({ description: 'A reply after it no longer counts.' }),
    traceparent: z.string().meta({ description: 'W3C trace context of the caller.' }).optional(),
    paramsUrl: z
      .string()
      .meta({ description: 'Where the params are fetched, with the relay secret, in place of `params`.' })
      .optional(),
  })
  .meta({ id: 'CommandMeta' });

export const command = z
  .object({
    jsonrpc,
    type: z.literal('req'),
    id: frameId,
    method: z.string().max(128),
    params: anyJson.optional(),
    meta: commandMeta,
  })
  .meta({
    id: 'Command',
    description: 'A call for the runtime. It is taken once by its id, however often it is heard of.',
  });

export const pong = z.object({ type: z.literal('pong') }).meta({ id: 'Pong' });
export const pongAnswer = answerOf(z.object({ pong: z.literal(true), time })).meta({ id: 'PongAnswer' });

export const frameError = z
  .object({
    jsonrpc,
    type: z.literal('res'),
    id: peerId,
    ok: z.literal(false),
    error: z.object({ code: z.int(), message: z.string() }),
  })
  .meta({
    id: 'FrameError',
    description:
      '-32700 not JSON, -32600 not a frame, -32601 no such method, -32000 to be sent again. The socket stays open.',
  });

const reasons = Object.values(closings).map(({ code, reason }) => `${code}: ${reason}`);

export const closingEvent = eventOf(
  'relay.closing',
  z.object({ code: z.literal(Object.values(closings).map(({ code }) => code)), reason: z.string() }),
).meta({
  id: 'ClosingEvent',
  description: `API Gateway closes with no code of the server, so this comes first. ${reasons.join(' ')}`,
});

/** API Gateway speaks for itself where no function does. */
export const gatewayError = z
  .object({ message: z.string(), connectionId: z.string(), requestId: z.string() })
  .meta({
    id: 'GatewayError',
    description: "API Gateway's own words: a frame was throttled, or its function failed.",
  });

/** The schemas name the very members of the types. */
export const commandIsDescribed: Same<keyof z.infer<typeof command>, keyof Command> &
  Same<keyof z.infer<typeof commandMeta>, keyof CommandMeta> = true;
