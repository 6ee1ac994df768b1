/** Members that many schemas share, and what examples show for them. No example is a credential of anybody. */
import * as z from 'zod';
import { callId as coreCallId } from '../../lambdas/core/wire/protocol';

const filler = (count: number) => 'EXAMPLE-'.repeat(11).slice(0, count);

/** What examples show. */
export const shown = {
  gatewayId: 'gw_EXAMPLE-GATEWAY1',
  clientId: 'cl_EXAMPLE-CLIENT01',
  relaySecret: `ats_${filler(59)}`,
  clientToken: `atc_${filler(75)}`,
  ticket: `atv_${filler(43)}`,
  appTicket: `atk_${filler(75)}`,
  accessCode: 'AT-7K3Q-9M2X-0VTB',
  callId: 'call-1',
  frameId: `rpc_${filler(30)}`,
  requestId: '6f1c2f0a-8a3d-4b57-9d0c-2f3f4a5b6c7d',
  eventId: '0mi2k7c9q000x3f9ab00',
  time: '2026-11-25T12:00:00.000Z',
  later: '2026-11-25T12:10:00.000Z',
} as const;

export const time = z.string().meta({ format: 'date-time', description: 'ISO 8601, UTC.' });
export const gatewayId = z
  .string()
  .regex(/^gw_[A-Za-z0-9_-]{16}$/)
  .meta({ description: 'A registered runtime identity.' });
export const clientId = z
  .string()
  .regex(/^cl_[A-Za-z0-9_-]{16}$/)
  .meta({ description: 'A paired App.' });
export const frameId = z
  .string()
  .regex(/^rpc_[A-Za-z0-9_-]{22}[A-Za-z0-9_-]{8}p?$/)
  .meta({ description: 'A call as its runtime knows it.' });
export const relaySecret = z
  .string()
  .regex(/^ats_[A-Za-z0-9_-]{43,80}$/)
  .meta({ description: 'What the runtime connects with. Shown once.' });
export const relayUrl = z
  .string()
  .regex(/^wss?:\/\//)
  .meta({ description: 'Complete: a runtime adds nothing but its secret.' });
export const runtimeType = z.string().max(64);
export const displayName = z.string().max(128);
export const capabilities = z
  .union([z.array(z.unknown()), z.record(z.string(), z.unknown())])
  .meta({ description: 'As the runtime registered them.' });
export const count = z.int().min(0);
export const milliseconds = z.number().min(0);
export const anyJson = z.unknown().meta({ description: 'Any JSON.' });

/** The core's own schema, under its name. */
export const callId = coreCallId as unknown as z.ZodType<string>;
z.globalRegistry.add(callId, { id: 'CallId', description: "A call's id as its client chose it." });
