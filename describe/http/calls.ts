import * as z from 'zod';
import type { ErrorCode } from '../../lambdas/core/wire/errors';
import { limits } from '../../lambdas/core/wire/limits';
import { type OutcomeRule, outcomes } from '../../lambdas/core/wire/outcomes';
import {
  callAccepted,
  callAnswer,
  callCancelled,
  callPending,
  callProgress,
  callResult,
  replyAccepted,
} from '../schemas/call';
import { callFailed } from '../schemas/call-failed';
import { callRequest, replyFrame } from '../schemas/requests';
import { anyJson, callId, frameId, shown } from '../schemas/words';
import type { Answer, Operation, Parameter } from './operation';

const { gatewayId } = shown;
const id = shown.callId;
const ofClient: Parameter = {
  name: 'id',
  in: 'path',
  description: "The call's id as its client knows it.",
  schema: callId,
  example: id,
};
const ofRuntime: Parameter = {
  name: 'id',
  in: 'path',
  description: "The command's id as its runtime knows it.",
  schema: frameId,
  example: shown.frameId,
};
const lastEventId: Parameter = {
  name: 'Last-Event-ID',
  in: 'header',
  description: 'Of a stream: the `seq` after which it goes on.',
  schema: z.string().regex(/^\d{1,10}$/),
};

/** The problems that an ended call is told as. */
const ends = Object.values(outcomes).flatMap(({ problem }: OutcomeRule): ErrorCode[] =>
  problem ? [problem] : [],
);

const answered: Answer = {
  description: `The runtime's answer, kept for ${limits.keepAnswerMs / 60_000} minutes. As a stream where \`Accept\` is \`text/event-stream\`: \`accepted\`, each \`progress\` (its \`id:\` the seq), then one \`result\` or \`error\`; a comment at least every 15 s.`,
  schema: callAnswer,
  examples: {
    result: { ok: true, id, result: { echo: 'hello' }, durationMs: 212 },
    error: { ok: false, id, error: { code: -32000, message: 'The disk is full.' }, durationMs: 212 },
    cancelled: {
      ok: false,
      id,
      error: { code: 'cancelled', message: 'The call was cancelled.' },
      durationMs: 900,
    },
  },
  events: { accepted: callAccepted, progress: callProgress, result: callResult, error: callFailed },
  tellsOutcome: true,
};
const pending: Answer = {
  description: 'It still runs.',
  schema: callPending,
  examples: { pending: { id, status: 'pending' } },
};

/** Calls of an App, and what their runtime does with them over HTTP. */
export const calls = {
  'POST /api/relay/rpc': {
    id: 'call',
    tag: 'calls',
    summary: 'A call to the runtime',
    description:
      'The same `id` with the same method and params never reaches the runtime twice: it joins the running call or is given its answer. Without one the server makes it up. ' +
      `A runtime that is away has ${limits.graceMs / 1000} s to come back.`,
    credentials: ['clientToken'],
    parameters: [
      { name: 'Idempotency-Key', in: 'header', description: 'Another place for `id`.', schema: callId },
      {
        name: 'traceparent',
        in: 'header',
        description: 'W3C trace context, given to the runtime.',
        schema: z.string(),
      },
      lastEventId,
    ],
    body: {
      schema: callRequest,
      examples: { echo: { gatewayId, method: 'echo', params: { say: 'hello' }, id } },
    },
    answers: { 200: answered, 202: { ...pending, description: 'It was joined and still runs.' } },
    errors: ['unauthorized', 'forbidden', 'idempotency_conflict', ...ends],
  },
  'GET /api/relay/rpc/{id}': {
    id: 'getCall',
    tag: 'calls',
    summary: 'How a call ended, or its stream from where it was lost',
    credentials: ['clientToken'],
    parameters: [ofClient, lastEventId],
    answers: { 200: answered, 202: pending },
    errors: ['unauthorized', 'not_found', ...ends],
  },
  'POST /api/relay/rpc/{id}/cancel': {
    id: 'cancelCall',
    tag: 'calls',
    summary: 'Nobody wants the answer any more',
    description: 'The runtime gets `relay.cancel`. A call that has ended stays as it is.',
    credentials: ['clientToken'],
    parameters: [ofClient],
    answers: {
      202: {
        description: 'How it ended.',
        schema: callCancelled,
        examples: { cancelled: { id, outcome: 'cancelled' } },
      },
    },
    errors: ['unauthorized', 'not_found'],
  },
  'POST /api/relay/replies/{id}': {
    id: 'reply',
    tag: 'calls',
    summary: 'A reply that is too large for a frame',
    description: `Up to ${limits.maxRpcBodyBytes} bytes; a larger one ends the call as \`too-large\`.`,
    credentials: ['relaySecret'],
    parameters: [ofRuntime],
    body: { schema: replyFrame, examples: { result: { id: shown.frameId, result: { echo: 'hello' } } } },
    answers: {
      202: {
        description: 'It counts.',
        schema: replyAccepted,
        examples: { accepted: { id: shown.frameId, outcome: 'accepted' } },
      },
    },
    errors: ['unauthorized', 'not_found'],
  },
  'GET /api/relay/rpc/{id}/params': {
    id: 'getParams',
    tag: 'calls',
    summary: 'The params of a command that names them by URL',
    credentials: ['relaySecret'],
    parameters: [ofRuntime],
    answers: {
      200: { description: 'The params, any JSON.', schema: anyJson, examples: { params: { say: 'hello' } } },
    },
    errors: ['unauthorized', 'not_found'],
  },
} satisfies Record<string, Operation>;
