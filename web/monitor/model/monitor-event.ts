/**
 * One event of the monitor, as the server's allow-list lets it out. Everything in it is text that somebody
 * else wrote: the page shows it with `textContent` and never as markup.
 */
export interface MonitorEvent {
  /** Sorts by time, as plain text. */
  readonly id: string;
  /** RFC 3339. */
  readonly time: string;
  readonly type: string;
  readonly gatewayId?: string;
  readonly clientId?: string;
  readonly requestId?: string;
  readonly rpcId?: string;
  readonly runtimeType?: string;
  readonly method?: string;
  readonly outcome?: string;
  readonly status?: number | string;
  readonly durationMs?: number;
  readonly bytes?: number;
  readonly detail?: string;
}

const TEXT_FIELDS = [
  'gatewayId',
  'clientId',
  'requestId',
  'rpcId',
  'runtimeType',
  'method',
  'outcome',
  'detail',
] as const;
const NUMBER_FIELDS = ['durationMs', 'bytes'] as const;

/** Reads one event from JSON; `undefined` when it has no id, time or type. Unknown members are dropped. */
export function readMonitorEvent(value: unknown): MonitorEvent | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const source = value as Record<string, unknown>;
  const { id, type } = source;
  const time = typeof source.time === 'number' ? new Date(source.time).toISOString() : source.time;
  if (typeof id !== 'string' || typeof type !== 'string' || typeof time !== 'string') return undefined;
  const event: Record<string, unknown> = { id, time, type };
  for (const field of TEXT_FIELDS) if (typeof source[field] === 'string') event[field] = source[field];
  for (const field of NUMBER_FIELDS) if (Number.isFinite(source[field])) event[field] = source[field];
  const { status } = source;
  if (typeof status === 'number' || typeof status === 'string') event.status = status;
  return event as unknown as MonitorEvent;
}

/** When the event happened, in milliseconds since 1970; `NaN` when its time cannot be read. */
export function timeMsOf(event: MonitorEvent): number {
  return Date.parse(event.time);
}

/** Orders events oldest first. */
export function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
