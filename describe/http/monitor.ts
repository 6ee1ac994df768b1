import * as z from 'zod';
import { historyQuery, streamQuery } from '../../lambdas/core/monitor/event-history';
import { historyPage, monitorEvent, ticketIssued } from '../schemas/monitor';
import { problem } from '../schemas/problem';
import { shown } from '../schemas/words';
import type { Operation, Parameter } from './operation';

const { eventId, gatewayId, frameId, time, ticket } = shown;
const event = {
  id: eventId,
  time,
  type: 'relay.rpc.success',
  gatewayId,
  rpcId: frameId,
  method: 'echo',
  outcome: 'answered',
  status: 200,
  durationMs: 212,
};
const query = (name: string, schema: z.core.$ZodType, description: string): Parameter => ({
  name,
  in: 'query',
  description,
  schema,
});
const forbidden = 'Under open registration only the machine that a local server runs on is answered.';

/** What happens, as it happens. */
export const monitor = {
  'GET /monitor': {
    id: 'getMonitorPage',
    tag: 'monitor',
    summary: 'The live monitor, as a page',
    description: 'The page asks for the registration token and sends it as a bearer.',
    credentials: ['none'],
    answers: { 200: { description: 'The page.', page: true } },
    errors: [],
  },
  'GET /api/monitor/events': {
    id: 'listEvents',
    tag: 'monitor',
    summary: 'The history',
    description: `Oldest first. A rare filter may give a short page that still has a \`nextBefore\`. ${forbidden}`,
    credentials: ['registrationToken', 'none'],
    parameters: [
      query('limit', historyQuery.shape.limit, '1 to 500, default 100.'),
      query('type', historyQuery.shape.type, 'A type, or the beginning of some: `relay.rpc.*`.'),
      query('gatewayId', historyQuery.shape.gatewayId, 'Of one gateway.'),
      query('before', historyQuery.shape.before, 'The id of an event; what is older is given.'),
    ],
    answers: {
      200: { description: 'A page of it.', schema: historyPage, examples: { page: { events: [event] } } },
    },
    errors: ['unauthorized', 'forbidden'],
  },
  'GET /api/monitor/stream': {
    id: 'followEvents',
    tag: 'monitor',
    summary: 'The live stream',
    description: `Server-sent events without a name, \`id\` that of the event; a comment at least every 15 s. It ends after two minutes; go on with \`Last-Event-ID\`. ${forbidden}`,
    credentials: ['registrationToken', 'none'],
    parameters: [
      query('after', streamQuery.shape.after, 'The id of an event; what came after it is given first.'),
      {
        name: 'Last-Event-ID',
        in: 'header',
        description: 'The same; it counts before the query.',
        schema: z.string(),
      },
    ],
    answers: {
      200: {
        description:
          'The events. Once the credential is no longer the one, an error says so and the stream ends.',
        events: { message: monitorEvent, error: problem },
      },
    },
    errors: ['unauthorized', 'forbidden'],
  },
  'POST /api/monitor/tickets': {
    id: 'issueTicket',
    tag: 'monitor',
    summary: "A ticket for one viewer's socket",
    description: forbidden,
    credentials: ['registrationToken', 'none'],
    answers: {
      201: {
        description: 'The ticket, good for 60 seconds.',
        schema: ticketIssued,
        examples: { issued: { ticket, expiresAt: time, url: `wss://relay.example/relay?ticket=${ticket}` } },
      },
    },
    errors: ['unauthorized', 'forbidden'],
  },
} satisfies Record<string, Operation>;
