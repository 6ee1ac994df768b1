/**
 * One event of the monitor, as the server's allow-list lets it out. Everything in it is text that somebody
 * else wrote: the page shows it as text and never as markup.
 */
export interface MonitorEvent {
  /** Sorts by the time of writing, as plain text. */
  readonly id: string;
  /** When it happened: ISO 8601 in UTC with milliseconds, so that it sorts as plain text. */
  readonly time: string;
  readonly type: string;
  readonly gatewayId?: string;
  readonly displayName?: string;
  readonly runtimeType?: string;
  readonly clientId?: string;
  readonly requestId?: string;
  readonly rpcId?: string;
  readonly method?: string;
  readonly outcome?: string;
  readonly errorCode?: string;
  readonly status?: number | string;
  readonly durationMs?: number;
  readonly bytes?: number;
  readonly bytesIn?: number;
  readonly bytesOut?: number;
  /** How many steps of progress the call has told so far. */
  readonly progress?: number;
  /** How many alike the event stands for. */
  readonly count?: number;
  readonly detail?: string;
}

const TEXT_FIELDS = [
  'gatewayId',
  'displayName',
  'runtimeType',
  'clientId',
  'requestId',
  'rpcId',
  'method',
  'outcome',
  'errorCode',
  'detail',
] as const;
const NUMBER_FIELDS = ['durationMs', 'bytes', 'bytesIn', 'bytesOut', 'progress', 'count'] as const;

/** Reads one event from JSON; `undefined` when it has no id, time or type. Unknown members are dropped. */
export function readMonitorEvent(value: unknown): MonitorEvent | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const source = value as Record<string, unknown>;
  const { id, type } = source;
  const time = readTime(source.time);
  if (typeof id !== 'string' || typeof type !== 'string' || time === undefined) return undefined;
  const event: Record<string, unknown> = { id, time, type };
  for (const field of TEXT_FIELDS) if (typeof source[field] === 'string') event[field] = source[field];
  for (const field of NUMBER_FIELDS) if (Number.isFinite(source[field])) event[field] = source[field];
  const { status } = source;
  if (typeof status === 'number' || typeof status === 'string') event.status = status;
  return event as unknown as MonitorEvent;
}

function readTime(value: unknown): string | undefined {
  const ms = typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : undefined;
}

/** When the event happened, in milliseconds since 1970. */
export function timeMsOf(event: MonitorEvent): number {
  return Date.parse(event.time);
}

/** Orders by id: the order of writing, oldest first. */
export function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** Orders by the time that is shown, oldest first; events of one moment keep the order of writing. */
export function byTime(a: MonitorEvent, b: MonitorEvent): number {
  return a.time < b.time ? -1 : a.time > b.time ? 1 : byId(a, b);
}
