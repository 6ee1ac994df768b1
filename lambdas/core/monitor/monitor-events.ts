/**
 * What the monitor may show, and nothing else. An event is built member by member from a closed list: params, results,
 * codes, secrets, tokens, descriptors, query strings and addresses have no member to appear in, and every text that
 * somebody outside may have written passes the masker.
 */
import { maskText } from '../secrecy/mask';

/** Every type of event. */
export const eventTypes = [
  'relay.register.request',
  'relay.register.created',
  'relay.register.denied',
  'relay.websocket.connected',
  'relay.websocket.message',
  'relay.websocket.disconnected',
  'relay.websocket.replaced',
  'relay.websocket.denied',
  'relay.redeem.request',
  'relay.redeem.success',
  'relay.redeem.failed',
  'relay.rpc.request',
  'relay.rpc.command_sent',
  'relay.rpc.progress',
  'relay.rpc.success',
  'relay.rpc.error',
  'relay.rpc.timeout',
  'relay.rpc.offline',
  'relay.rpc.disconnected',
  'relay.rpc.cancelled',
  'relay.rpc.reply_rejected',
  'pairing.register.request',
  'pairing.register.created',
  'pairing.register.rejected',
  'pairing.register.denied',
  'pairing.redeem.request',
  'pairing.redeem.success',
  'pairing.redeem.failed',
  'relay.client.paired',
  'relay.client.revoked',
  'relay.gateway.removed',
  'relay.secret.rotated',
  'relay.rate_limited',
  'relay.request.refused',
] as const;

/** The type of an event. */
export type EventType = (typeof eventTypes)[number];

/** What an event may tell beside its type. */
export interface EventFacts {
  gatewayId?: string | undefined;
  clientId?: string | undefined;
  /** API Gateway's id of the request or of the socket message. */
  requestId?: string | undefined;
  /** The call as its runtime knows it: `rpc_…`. */
  rpcId?: string | undefined;
  /** The gateway's own name and kind, as it registered: with `gatewayId` wherever the function knows them. */
  displayName?: string | undefined;
  runtimeType?: string | undefined;
  method?: string | undefined;
  /** One word. */
  outcome?: string | undefined;
  /** The runtime's own code of its error, or the code of the problem that the relay answered with. */
  errorCode?: string | undefined;
  /** The HTTP status of the answer. */
  status?: number | undefined;
  durationMs?: number | undefined;
  /** The size of the one message that the event is about. */
  bytes?: number | undefined;
  /** Of a call: its params, and its result or error, as JSON. */
  bytesIn?: number | undefined;
  bytesOut?: number | undefined;
  /** How many steps of progress a call has told so far. */
  progress?: number | undefined;
  /** How many alike this event stands for. Default: one. */
  count?: number | undefined;
  /** One sentence; at most 200 characters are shown. */
  detail?: string | undefined;
}

/** An event as a function reports it. */
export interface NewEvent extends EventFacts {
  type: EventType;
  /** When it happened, epoch milliseconds. Default: now. */
  atMs?: number;
}

/** An event as a viewer sees it; `id` sorts by time, `time` is ISO 8601. */
export interface MonitorEvent extends EventFacts {
  id: string;
  time: string;
  type: EventType;
}

const knownTypes: ReadonlySet<string> = new Set(eventTypes);

/** Ids that the server itself makes: what has this form is shown as it is, all else is read as free text. */
const idShapes = {
  gatewayId: /^gw_[A-Za-z0-9_-]{16}$/,
  clientId: /^cl_[A-Za-z0-9_-]{16}$/,
  requestId: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  rpcId: /^rpc_[A-Za-z0-9_-]{30}$/,
} as const;

/** The longest form in which each free text is shown, in characters. */
const maxTextLength = {
  displayName: 64,
  runtimeType: 64,
  method: 128,
  outcome: 32,
  errorCode: 64,
  detail: 200,
} as const;
const maxIdLength = 64;
const numbers = ['status', 'durationMs', 'bytes', 'bytesIn', 'bytesOut', 'progress', 'count'] as const;

/** The event as it may be shown, or undefined when its type is none of the list. Never throws. */
export function publicEvent(id: string, timeMs: number, event: NewEvent): MonitorEvent | undefined {
  if (!knownTypes.has(event.type)) return undefined;
  const shown: MonitorEvent = { id, time: new Date(timeMs).toISOString(), type: event.type };
  for (const [name, shape] of Object.entries(idShapes) as Array<[keyof typeof idShapes, RegExp]>) {
    const value = event[name];
    if (typeof value !== 'string') continue;
    shown[name] = shape.test(value) ? value : maskText(value, { maxLength: maxIdLength });
  }
  for (const [name, maxLength] of Object.entries(maxTextLength) as Array<
    [keyof typeof maxTextLength, number]
  >) {
    const value = event[name];
    if (typeof value === 'string') shown[name] = maskText(value, { maxLength });
  }
  for (const name of numbers) {
    const value = event[name];
    if (typeof value === 'number' && Number.isFinite(value)) shown[name] = Math.max(0, Math.round(value));
  }
  return shown;
}
