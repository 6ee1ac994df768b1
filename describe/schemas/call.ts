/** What the routes of calls answer, and what a streamed call tells. */
import * as z from 'zod';
import { limits } from '../../lambdas/core/wire/limits';
import { outcomeWords } from '../../lambdas/core/wire/outcomes';
import { anyJson, callId, count, frameId, milliseconds } from './words';

const id = callId;

export const runtimeError = z
  .object({ code: z.union([z.number(), z.string()]), message: z.string(), data: anyJson.optional() })
  .meta({ id: 'RuntimeError', description: 'The error that the runtime answered with, or `cancelled`.' });

export const callResult = z
  .object({ ok: z.literal(true), id, result: anyJson, durationMs: milliseconds })
  .meta({ id: 'CallResult', description: 'The runtime answered with a result.' });

export const callFailure = z
  .object({ ok: z.literal(false), id, error: runtimeError, durationMs: milliseconds })
  .meta({ id: 'CallFailure', description: 'The runtime answered with an error, or the call was cancelled.' });

export const callAnswer = z
  .union([callResult, callFailure])
  .meta({ id: 'CallAnswer', description: 'The same whenever the call is asked for.' });

export const callPending = z
  .object({ id, status: z.literal('pending') })
  .meta({ id: 'CallPending', description: 'The call still runs.' });

export const outcome = z
  .enum(outcomeWords)
  .meta({ id: 'Outcome', description: 'How a call ended, in one word.' });

export const callCancelled = z
  .object({ id, outcome })
  .meta({ id: 'CallCancelled', description: 'How the call has ended: `cancelled`, or another way before.' });

export const replyAccepted = z
  .object({ id: frameId, outcome: z.literal('accepted') })
  .meta({ id: 'ReplyAccepted' });

export const callAccepted = z
  .object({ id })
  .meta({ id: 'CallAccepted', description: 'The first event of a stream.' });

export const callProgress = z
  .object({ id, seq: z.int().min(0).max(limits.maxProgressSeq), data: anyJson })
  .meta({
    id: 'CallProgress',
    description: `A step, in the order of \`seq\`; \`data\` of up to ${limits.maxProgressBytes} bytes.`,
  });

export const seq = count;
