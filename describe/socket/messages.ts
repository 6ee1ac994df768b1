/** Every frame, by the role of the socket's credential and by who says it. Over 200 lines: one list of all of them. */
import type * as z from 'zod';
import { closings } from '../../lambdas/core/pairing/close-sockets';
import { runtimeLimits } from '../../lambdas/core/wire/limits';
import * as app from '../schemas/app-frames';
import * as common from '../schemas/frames';
import { replyFrame } from '../schemas/requests';
import * as runtime from '../schemas/runtime-frames';
import { shown } from '../schemas/words';

/** Who a socket belongs to. */
export type Role = 'runtime' | 'app' | 'viewer';

/** One kind of frame. */
export interface Message {
  schema: z.core.$ZodType;
  /** Checked against the schema. */
  example: unknown;
}

/** Frames by name: `sent` by the server, `received` by it. */
export interface Frames {
  sent: Record<string, Message>;
  received: Record<string, Message>;
}

const { gatewayId, clientId, frameId, time, requestId } = shown;
const jsonrpc = '2.0';
const command = {
  jsonrpc,
  type: 'req',
  id: frameId,
  method: 'echo',
  params: { say: 'hello' },
  meta: { clientId, deadline: time },
};
const event = (name: string, params: unknown) => ({
  jsonrpc,
  type: 'event',
  event: name,
  method: name,
  params,
});
const answer = (id: unknown, result: unknown) => ({ jsonrpc, type: 'res', id, ok: true, result });
const policy = { keepaliveMs: 480_000, maxConnectionMs: 7_200_000, reconnectAfterMs: 6_600_000 };

const toAnybody = {
  frameError: {
    schema: common.frameError,
    example: { jsonrpc, type: 'res', id: null, ok: false, error: { code: -32700, message: 'Parse error' } },
  },
  gatewayError: {
    schema: common.gatewayError,
    example: { message: 'Too Many Requests', connectionId: 'EXAMPLE=', requestId },
  },
};
const closing = {
  schema: common.closingEvent,
  example: event('relay.closing', closings.replaced),
};
const keptOpen = {
  ping: { schema: runtime.ping, example: { type: 'ping' } },
  pingRequest: { schema: runtime.pingRequest, example: { jsonrpc, id: 1, method: 'relay.ping' } },
};
const answers = {
  pong: { schema: common.pong, example: { type: 'pong' } },
  pongAnswer: { schema: common.pongAnswer, example: answer(1, { pong: true, time }) },
};

/** The frames of each role. */
export const frames: Record<Role, Frames> = {
  runtime: {
    sent: {
      command: { schema: common.command, example: command },
      cancelEvent: { schema: runtime.cancelEvent, example: event('relay.cancel', { id: frameId }) },
      closingEvent: closing,
      pendingEvent: { schema: runtime.pendingEvent, example: event('relay.pending', { id: frameId }) },
      helloAnswer: {
        schema: runtime.helloAnswer,
        example: answer(1, { protocol: 1, gatewayId, limits: runtimeLimits, ...policy }),
      },
      pendingAnswer: { schema: runtime.pendingAnswer, example: answer(2, { calls: [command] }) },
      ...answers,
      ...toAnybody,
    },
    received: {
      reply: { schema: replyFrame, example: { jsonrpc, id: frameId, result: { echo: 'hello' } } },
      progress: {
        schema: runtime.progressFrame,
        example: {
          jsonrpc,
          method: 'relay.progress',
          params: { id: frameId, seq: 0, data: { percent: 10 } },
        },
      },
      helloRequest: {
        schema: runtime.helloRequest,
        example: { jsonrpc, id: 1, method: 'relay.hello', params: { features: ['params-by-reference'] } },
      },
      pendingRequest: {
        schema: runtime.pendingRequest,
        example: { jsonrpc, id: 2, method: 'relay.pending' },
      },
      ...keptOpen,
    },
  },
  app: {
    sent: {
      answer: {
        schema: app.appAnswer,
        example: {
          jsonrpc,
          type: 'res',
          id: 1,
          ok: true,
          result: { echo: 'hello' },
          meta: { id: 'call-1', outcome: 'answered', durationMs: 212 },
        },
      },
      problem: {
        schema: app.appProblem,
        example: {
          jsonrpc,
          type: 'res',
          id: 1,
          ok: false,
          error: {
            code: -32000,
            message: 'No runtime is connected for this gateway.',
            data: {
              type: 'urn:agenttown:error:runtime_offline',
              title: 'The runtime is not connected',
              status: 503,
              code: 'runtime_offline',
              detail: 'No runtime is connected for this gateway.',
              retryable: true,
              retry: 'same-id',
              retryAfterMs: 5_000,
              id: 'call-1',
              outcome: 'offline',
              requestId,
            },
          },
        },
      },
      progress: {
        schema: app.appProgress,
        example: event('relay.progress', { id: 1, seq: 0, data: { percent: 10 } }),
      },
      closing,
      presence: {
        schema: app.presenceEvent,
        example: event('relay.presence', { gatewayId, connected: true, time }),
      },
      helloAnswer: {
        schema: app.appHelloAnswer,
        example: answer(1, {
          protocol: 1,
          gatewayId,
          clientId,
          ...policy,
          connected: true,
          lastSeenAt: time,
        }),
      },
      cancelAnswer: { schema: app.cancelAnswer, example: answer(2, { id: 1, outcome: 'cancelled' }) },
      resumeAnswer: {
        schema: app.resumeAnswer,
        example: answer(3, { calls: [{ id: shown.callId, status: 'running' }] }),
      },
      ...answers,
      ...toAnybody,
    },
    received: {
      request: {
        schema: app.appRequest,
        example: { jsonrpc, id: 1, method: 'echo', params: { say: 'hello' }, meta: { timeoutMs: 10_000 } },
      },
      helloRequest: { schema: app.appHelloRequest, example: { jsonrpc, id: 1, method: 'relay.hello' } },
      cancelRequest: {
        schema: app.cancelRequest,
        example: { jsonrpc, id: 2, method: 'relay.cancel', params: { id: 1 } },
      },
      resumeRequest: {
        schema: app.resumeRequest,
        example: {
          jsonrpc,
          id: 3,
          method: 'relay.resume',
          params: { calls: [{ id: shown.callId, afterSeq: 3 }] },
        },
      },
      ...keptOpen,
    },
  },
  viewer: {
    sent: {
      events: {
        schema: app.monitorFrame,
        example: event('monitor', {
          events: [{ id: shown.eventId, time, type: 'relay.rpc.success', gatewayId, outcome: 'answered' }],
        }),
      },
      pong: answers.pong,
      closingEvent: closing,
      ...toAnybody,
    },
    received: { ping: keptOpen.ping },
  },
};
