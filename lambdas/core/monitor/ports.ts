/** What the monitor needs of the world: its events' store, its viewers, and whoever takes what is to be shown. */
import type { EventBatch } from './event-batch';
import type { NewEvent } from './monitor-events';

/** Takes what the monitor is to show. It never throws and nobody waits for it. */
export interface Recorder {
  /** A function is asked when the event is written, so that finding out what it tells delays nobody. */
  record(event: NewEvent | (() => NewEvent)): void;
  /** Says that the function has done what is urgent and only waits: what was recorded may be written meanwhile. */
  idle(): void;
}

/** The monitor's events: in several shards, each of which is read by itself. */
export interface EventStore {
  readonly shards: readonly string[];
  /** Adds a batch; adding it again changes nothing. */
  append(batch: EventBatch): Promise<void>;
  /** Live batches of a shard; `more` says that the range may hold further ones, never that it must. */
  read(shard: string, range: BatchRange, nowMs: number): Promise<{ batches: EventBatch[]; more: boolean }>;
}

/** Which batches, compared by id as text. */
export interface BatchRange {
  /** The lowest id, itself included. Default: none. */
  from?: string | undefined;
  /** All ids are below this. Default: none. */
  below?: string | undefined;
  order: 'newest-first' | 'oldest-first';
  limit: number;
}

/** One-time tickets that let a viewer's socket in. */
export interface TicketStore {
  /** `tokenHash`: of the registration token that the ticket was issued on, where there is one. */
  put(ticketHash: string, expiresAtMs: number, tokenHash?: string): Promise<void>;
  /** Uses a ticket up; `dead` when there is none, or no longer. */
  take(ticketHash: string, nowMs: number): Promise<{ tokenHash?: string } | 'dead'>;
}

/** A live stream, or a viewer's socket. */
export interface Watcher {
  kind: 'stream' | 'viewer';
  /** A viewer's connection id; any id of its own for a stream. */
  id: string;
  /** Of the registration token that let it in; absent where registration is open. */
  tokenHash?: string;
  /** When its place is free, whatever becomes of it. */
  untilMs: number;
}

/** The places of those who watch. */
export interface WatcherStore {
  /** Takes one of `maxWatchers` places; `full` while all are taken. */
  enter(watcher: Watcher, nowMs: number): Promise<'entered' | 'full'>;
  /** Gives a place back; nothing happens where there is none. */
  leave(watcher: Watcher): Promise<void>;
  /** Everybody who may be watching. */
  list(nowMs: number): Promise<Watcher[]>;
}
