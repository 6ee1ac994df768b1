/** A problem, as every refusal is told (RFC 9457). */
import * as z from 'zod';
import { type ErrorCode, errorKinds, type Problem, type Retry } from '../../lambdas/core/wire/errors';
import { outcomeWords } from '../../lambdas/core/wire/outcomes';
import type { Same } from './same';
import { milliseconds } from './words';

/** Every code. */
export const errorCodes = Object.keys(errorKinds) as ErrorCode[];

export const fieldError = z
  .object({
    path: z.string().meta({ description: 'Where, in dots: `descriptor.tools.0`. Empty for the whole body.' }),
    message: z.string().meta({ description: 'Which rule; never the value.' }),
  })
  .meta({ id: 'FieldError', description: 'A field at fault.' });

export const problem = z
  .object({
    type: z.string().regex(/^urn:agenttown:error:[a-z_]+$/),
    title: z.string(),
    status: z.int(),
    code: z.enum(errorCodes),
    detail: z.string().meta({ description: 'One sentence. Holds no submitted value.' }),
    retryable: z.boolean().meta({ description: 'Whether the same request may succeed later.' }),
    retry: z
      .enum(['same-id', 'new-id'] satisfies Retry[])
      .meta({
        description:
          'How a retryable request is repeated. `same-id` never runs a call twice; with `new-id` it may run twice, and the same id gives the same end again.',
      })
      .optional(),
    requestId: z.string().meta({ description: 'The same as the header `x-request-id`.' }),
    retryAfterMs: milliseconds
      .meta({ description: 'When to try again; `Retry-After` says it in seconds.' })
      .optional(),
    limitBytes: z.int().meta({ description: 'The limit that was passed.' }).optional(),
    id: z.string().meta({ description: 'The call, on the routes of calls.' }).optional(),
    outcome: z.enum(outcomeWords).meta({ description: 'How the call ended.' }).optional(),
    errors: z.array(fieldError).meta({ description: 'The fields at fault.' }).optional(),
  })
  .meta({
    id: 'Problem',
    description: 'Why a request was refused or failed: application/problem+json (RFC 9457).',
  });

/** The schema names the very members of the type. */
export const problemIsDescribed: Same<keyof z.infer<typeof problem>, keyof Problem> = true;
