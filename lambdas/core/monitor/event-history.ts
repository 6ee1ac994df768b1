/** The monitor's history: newest first by whole shards, merged, and bounded in what one request may read. */
import * as z from 'zod/mini';
import { isEventId } from './event-batch';
import type { MonitorEvent } from './monitor-events';
import type { EventStore } from './ports';

/** How many batches one read of a shard asks for, and how many rounds of reads one request may take. */
const pageBatches = 100;
const maxRounds = 20;
const defaultLimit = 100;
const maxLimit = 500;

/** `GET /api/monitor/events`: the query. A type that ends in `.*` stands for all that begin so. */
export const historyQuery = z.object({
  limit: z._default(
    z.pipe(
      z.string().check(z.regex(/^\d{1,3}$/, { error: `must be a whole number from 1 to ${maxLimit}` })),
      z.pipe(z.transform(Number), z.number().check(z.minimum(1), z.maximum(maxLimit))),
    ),
    defaultLimit,
  ),
  type: z.optional(
    z.string().check(
      z.regex(/^[a-z_]+(\.[a-z_]+)*(\.\*)?$/, {
        error: 'must be a type of event, or the beginning of one and ".*"',
      }),
    ),
  ),
  gatewayId: z.optional(z.string().check(z.minLength(1), z.maxLength(64))),
  before: z.optional(z.string().check(z.refine(isEventId, { error: 'must be the id of an event' }))),
});
export type HistoryQuery = z.infer<typeof historyQuery>;

/** `GET /api/monitor/stream`: where to go on, from `Last-Event-ID` or the query. */
export const streamQuery = z.object({
  after: z.optional(z.string().check(z.refine(isEventId, { error: 'must be the id of an event' }))),
});

/** A page of the history, oldest first. `nextBefore` asks for what is older; absent at the end. */
export interface HistoryPage {
  events: MonitorEvent[];
  nextBefore?: string;
}

/** Reads the newest events that match. A rare filter may give a short page that still has a `nextBefore`. */
export async function readHistory(
  store: EventStore,
  query: HistoryQuery,
  nowMs: number,
): Promise<HistoryPage> {
  const matches = matcherOf(query);
  const found: MonitorEvent[] = [];
  /** The shards that may hold more, with the id down to which each has been read. */
  const open = new Map<string, string | undefined>(store.shards.map((shard) => [shard, query.before]));
  /** Everything above it has been read in every shard; undefined: everything. */
  let readTo: string | undefined = query.before;
  for (let round = 0; round < maxRounds && open.size > 0; round++) {
    const shallowest = [...open].filter(([, below]) => below === readTo);
    await Promise.all(
      shallowest.map(async ([shard, below]) => {
        const range = { below, order: 'newest-first', limit: pageBatches } as const;
        const { batches, more } = await store.read(shard, range, nowMs);
        found.push(...batches.flatMap(({ events }) => events).filter(matches));
        const last = batches.at(-1);
        if (more && last) open.set(shard, last.batchId);
        else open.delete(shard);
      }),
    );
    readTo = maxOf([...open.values()]);
    if (found.filter((event) => above(event, readTo)).length >= query.limit) break;
  }
  const usable = found.filter((event) => above(event, readTo)).sort(byId);
  const events = usable.slice(-query.limit);
  if (usable.length > events.length) return { events, nextBefore: events[0]!.id };
  return { events, ...(readTo === undefined || open.size === 0 ? {} : { nextBefore: `${readTo}00` }) };
}

function matcherOf({ type, gatewayId, before }: HistoryQuery): (event: MonitorEvent) => boolean {
  const prefix = type?.endsWith('.*') ? type.slice(0, -1) : undefined;
  return (event) =>
    (type === undefined || (prefix === undefined ? event.type === type : event.type.startsWith(prefix))) &&
    (gatewayId === undefined || event.gatewayId === gatewayId) &&
    (before === undefined || event.id < before);
}

function above(event: MonitorEvent, readTo: string | undefined): boolean {
  return readTo === undefined || event.id > readTo;
}

function maxOf(ids: Array<string | undefined>): string | undefined {
  return ids.reduce((max, id) => (max === undefined || (id !== undefined && id > max) ? id : max), undefined);
}

/** Orders events oldest first. */
export function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
