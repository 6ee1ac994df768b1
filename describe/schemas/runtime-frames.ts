/** Frames of a runtime's socket. */
import * as z from 'zod';
import type { PendingCalls } from '../../lambdas/core/reply/pending-calls';
import { limits } from '../../lambdas/core/wire/limits';
import { answerOf, command, eventOf, jsonrpc, requestOf } from './frames';
import { runtimeLimits } from './pairing';
import type { Same } from './same';
import { anyJson, count, frameId, gatewayId } from './words';

export const cancelEvent = eventOf('relay.cancel', z.object({ id: frameId })).meta({
  id: 'CancelEvent',
  description: 'Nobody wants the answer of this command any more.',
});

export const pendingEvent = eventOf('relay.pending', z.object({ id: frameId.optional() })).meta({
  id: 'PendingEvent',
  description:
    'A command may not have arrived, the one that `id` names or any: ask `relay.pending`. For runtimes that declare the feature `pending`.',
});

/** How a peer keeps its socket. */
export const policy = { keepaliveMs: count, maxConnectionMs: count, reconnectAfterMs: count };

export const helloAnswer = answerOf(
  z.object({ protocol: z.literal(1), gatewayId, limits: runtimeLimits, ...policy }),
).meta({
  id: 'HelloAnswer',
  description: 'The policy of the relay, so that a runtime hard-codes none of it.',
});

const pendingCalls = z.object({
  calls: z.array(command).meta({ description: 'Newest first.' }),
  next: z
    .string()
    .meta({ description: 'Asks for more, as `params.after`; a page may be empty and still have one.' })
    .optional(),
});

export const pendingAnswer = answerOf(pendingCalls).meta({
  id: 'PendingAnswer',
  description: 'The commands that the runtime still owes an answer to, under the ids they were sent with.',
});

const progressParams = z.looseObject({
  id: frameId,
  seq: z.int().min(0).max(limits.maxProgressSeq),
  data: anyJson.optional(),
});

export const progressFrame = z
  .union([
    z.looseObject({
      jsonrpc: jsonrpc.optional(),
      method: z.literal('relay.progress'),
      params: progressParams,
    }),
    z.looseObject({ type: z.literal('event'), event: z.literal('progress'), payload: progressParams }),
  ])
  .meta({ id: 'ProgressFrame', description: 'A step of a call, in JSON-RPC or as OpenClaw has it.' });

export const helloRequest = requestOf(
  'relay.hello',
  z
    .looseObject({
      features: z
        .array(z.string())
        .meta({
          description:
            '`params-by-reference`: it can fetch params. `pending`: it asks what it owes when told to.',
        })
        .optional(),
    })
    .optional(),
).meta({ id: 'HelloRequest', description: 'Asks for the policy and declares features.' });

export const pendingRequest = requestOf(
  'relay.pending',
  z.looseObject({ after: z.string().optional() }).optional(),
).meta({ id: 'PendingRequest', description: 'Asks what is still owed.' });

export const pingRequest = requestOf('relay.ping').meta({
  id: 'PingRequest',
  description: 'Marks its sender as seen.',
});
export const ping = z.looseObject({ type: z.literal('ping') }).meta({ id: 'Ping' });

/** The schema names the very members of the type. */
export const pendingIsDescribed: Same<keyof z.infer<typeof pendingCalls>, keyof PendingCalls> = true;
