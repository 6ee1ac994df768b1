/** Frames of an App's socket, and of a viewer's. */
import * as z from 'zod';
import { maxRequestIdLength } from '../../lambdas/core/socket/app-socket';
import { limits } from '../../lambdas/core/wire/limits';
import { callProgress, outcome, runtimeError } from './call';
import { answerOf, eventOf, jsonrpc, peerId, requestOf } from './frames';
import { monitorEvent } from './monitor';
import { presence } from './pairing';
import { problem } from './problem';
import { policy } from './runtime-frames';
import { anyJson, callId, clientId, gatewayId, milliseconds, time } from './words';

const id = callId;

export const appRequest = z
  .looseObject({
    jsonrpc: jsonrpc.optional(),
    id: z.union([z.string().max(maxRequestIdLength), z.number()]),
    method: z.string().regex(/^[A-Za-z0-9._:/-]{1,128}$/),
    params: anyJson.optional(),
    meta: z
      .looseObject({
        id: z.optional(id),
        timeoutMs: z
          .int()
          .min(limits.minTimeoutMs)
          .max(limits.maxStreamTimeoutMs)
          .default(limits.defaultTimeoutMs),
        traceparent: z.string().optional(),
      })
      .optional(),
  })
  .meta({
    id: 'AppRequest',
    description: "A call to the gateway's runtime, answered under the App's own id.",
  });

const callMeta = z.object({ id, outcome, durationMs: milliseconds });

export const appAnswer = z
  .union([
    z.object({
      jsonrpc,
      type: z.literal('res'),
      id: peerId,
      ok: z.literal(true),
      result: anyJson,
      meta: callMeta,
    }),
    z.object({
      jsonrpc,
      type: z.literal('res'),
      id: peerId,
      ok: z.literal(false),
      error: runtimeError,
      meta: callMeta,
    }),
  ])
  .meta({ id: 'AppAnswer', description: 'How a call ended.' });

export const appProblem = z
  .object({
    jsonrpc,
    type: z.literal('res'),
    id: peerId,
    ok: z.literal(false),
    error: z.object({ code: z.int(), message: z.string(), data: problem }),
  })
  .meta({
    id: 'AppProblem',
    description: 'Where HTTP would answer a problem, `error.data` is that problem.',
  });

export const appProgress = eventOf(
  'relay.progress',
  callProgress.extend({ id: peerId.meta({ description: "The App's own id." }) }),
).meta({ id: 'AppProgress', description: 'A step of a call.' });

export const presenceEvent = eventOf(
  'relay.presence',
  z.object({ gatewayId, connected: z.boolean(), time }),
).meta({ id: 'PresenceEvent', description: 'The runtime came or went.' });

export const appHelloRequest = requestOf('relay.hello').meta({
  id: 'AppHelloRequest',
  description: 'Asks for the policy and for presence.',
});
export const appHelloAnswer = answerOf(
  z.object({ protocol: z.literal(1), gatewayId, clientId, ...policy, ...presence }),
).meta({ id: 'AppHelloAnswer' });

export const cancelRequest = requestOf(
  'relay.cancel',
  z.looseObject({
    id: z.union([z.string(), z.number()]).meta({ description: "The App's own id of the call." }),
  }),
).meta({ id: 'CancelRequest', description: 'Nobody wants the answer any more.' });
export const cancelAnswer = answerOf(z.object({ id: peerId, outcome })).meta({ id: 'CancelAnswer' });

export const resumeRequest = requestOf(
  'relay.resume',
  z.looseObject({
    calls: z
      .array(z.looseObject({ id, afterSeq: z.int().min(-1).max(limits.maxProgressSeq).default(-1) }))
      .max(limits.maxCallsPerClient)
      .optional()
      .meta({
        description: 'By their own ids. Default: all that run, with their progress from the beginning.',
      }),
  }),
).meta({
  id: 'ResumeRequest',
  description:
    'Goes on with calls of this client on this socket: progress after `afterSeq`, and the answer, come under their own ids.',
});
export const resumeAnswer = answerOf(
  z.object({ calls: z.array(z.object({ id, status: z.enum(['running', 'ended', 'unknown']) })) }),
).meta({ id: 'ResumeAnswer' });

export const monitorFrame = eventOf('monitor', z.object({ events: z.array(monitorEvent) })).meta({
  id: 'MonitorFrame',
  description: 'Events of the monitor, at least once each: know an event by its id.',
});
