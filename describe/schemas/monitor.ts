/** What the monitor tells. */
import * as z from 'zod';
import type { HistoryPage } from '../../lambdas/core/monitor/event-history';
import { eventTypes, type MonitorEvent } from '../../lambdas/core/monitor/monitor-events';
import type { Same } from './same';
import { count, time } from './words';

const eventId = z.string().regex(/^[0-9a-z]{20}$/);
const text = (max: number) => z.string().max(max);

export const monitorEvent = z
  .object({
    id: eventId.meta({ description: 'Sorts as text by the time of writing.' }),
    time: time.meta({ description: 'When it happened.' }),
    type: z.enum(eventTypes),
    gatewayId: text(64).optional(),
    displayName: text(64).optional(),
    clientId: text(64).optional(),
    requestId: text(64).optional(),
    rpcId: text(64).optional(),
    runtimeType: text(64).optional(),
    method: text(128).optional(),
    outcome: text(32)
      .meta({ description: 'Of a call: the word of its outcome. Of a refusal: the code.' })
      .optional(),
    errorCode: text(64).optional(),
    status: count.optional(),
    durationMs: count.optional(),
    bytes: count.optional(),
    bytesIn: count.optional(),
    bytesOut: count.optional(),
    progress: count.optional(),
    count: count.optional(),
    detail: text(200).optional(),
  })
  .meta({
    id: 'MonitorEvent',
    description: 'A closed list of members, in which no credential, param or result has a place.',
  });

export const historyPage = z
  .object({
    events: z.array(monitorEvent).meta({ description: 'Oldest first.' }),
    nextBefore: eventId.meta({ description: 'Asks for what is older, as `before`.' }).optional(),
  })
  .meta({ id: 'HistoryPage' });

export const ticketIssued = z
  .object({
    ticket: z.string().regex(/^atv_[A-Za-z0-9_-]{43}$/),
    expiresAt: time,
    url: z
      .string()
      .regex(/^wss?:\/\//)
      .meta({ description: 'Opens one socket, once.' }),
  })
  .meta({ id: 'TicketIssued' });

/** The schemas name the very members of the types. */
export const monitorIsDescribed: Same<keyof z.infer<typeof monitorEvent>, keyof MonitorEvent> &
  Same<keyof z.infer<typeof historyPage>, keyof HistoryPage> = true;
