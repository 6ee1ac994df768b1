/**
 * Events are written in batches: one item for what one function had to report at one moment, because DynamoDB bills
 * a write by the item and by the KB. A whole short call (request, command sent, message, answer) is one item under 1 KB.
 *
 *   batch id   9 characters of time, 3 of order within one function instance, 6 random: sorts by time of writing
 *   event id   its batch's id and two characters of order in it: sorts the same way, and is never stored
 *   text       { c: facts that all events share, e: [[type, milliseconds before the batch, further facts], …] }
 */
import type { RandomBytes } from '../pairing/credentials';
import {
  type EventFacts,
  type EventType,
  type MonitorEvent,
  type NewEvent,
  publicEvent,
} from './monitor-events';

/** The most events of one batch; more are written as several. */
export const maxBatchEvents = 50;

/** One stored item's worth of events, oldest first. */
export interface EventBatch {
  batchId: string;
  events: MonitorEvent[];
}

const timeLength = 9;
const orderLength = 3;
const randomLength = 6;
const indexLength = 2;

/** The length of a batch's id, which begins the ids of its events. */
export const batchIdLength = timeLength + orderLength + randomLength;

/** The length of an event's id. */
export const eventIdLength = batchIdLength + indexLength;

/** A source of batch ids, for one function instance: each sorts after the one before. */
export function batchIds(random: RandomBytes): (nowMs: number) => string {
  let lastMs = 0;
  let order = 0;
  return (nowMs) => {
    order = nowMs > lastMs ? 0 : order + 1;
    lastMs = Math.max(lastMs, nowMs);
    const tail = Buffer.from(random(8)).readBigUInt64BE() % BigInt(36 ** randomLength);
    return `${timePrefix(lastMs)}${digits(order, orderLength)}${digits(tail, randomLength)}`;
  };
}

/** How the ids of a moment begin: it sorts before each of them. */
export function timePrefix(ms: number): string {
  return digits(Math.max(0, ms), timeLength);
}

/** The moment of writing that an id tells, epoch milliseconds. */
export function timeOfId(id: string): number {
  return Number.parseInt(id.slice(0, timeLength), 36);
}

/** Whether a text has the form of an event's id. */
export function isEventId(text: string): boolean {
  return new RegExp(`^[0-9a-z]{${eventIdLength}}$`).test(text);
}

/**
 * Makes a batch of what was reported: allow-listed, masked, in the order of reporting, which is that of cause and effect.
 * Clocks of two functions differ by milliseconds; no event is told as earlier than the one before it.
 */
export function makeBatch(batchId: string, reported: Array<NewEvent & { atMs: number }>): EventBatch {
  const events: MonitorEvent[] = [];
  let atMs = 0;
  for (const event of reported) {
    atMs = Math.max(atMs, event.atMs);
    const shown = publicEvent(`${batchId}${digits(events.length, indexLength)}`, atMs, event);
    if (shown) events.push(shown);
  }
  return { batchId, events };
}

type Packed = [type: EventType, beforeMs: number, facts?: EventFacts];

/** A batch as the text that is stored. */
export function packBatch({ batchId, events }: EventBatch): string {
  const batchMs = timeOfId(batchId);
  const facts = events.map(({ id: _, time: __, type: ___, ...rest }) => rest);
  const [first = {}] = facts;
  const names = Object.keys(first) as Array<keyof EventFacts>;
  const shared = names.filter((name) => facts.every((each) => each[name] === first[name]));
  const own = (each: EventFacts) =>
    Object.fromEntries(Object.entries(each).filter(([name]) => !shared.includes(name as keyof EventFacts)));
  const packed = events.map(({ type, time }, index): Packed => {
    const rest = own(facts[index]!);
    const start: Packed = [type, batchMs - Date.parse(time)];
    return Object.keys(rest).length === 0 ? start : [start[0], start[1], rest];
  });
  return JSON.stringify({
    c: Object.fromEntries(shared.map((name) => [name, first[name]])),
    e: packed,
  });
}

/** Reads a stored batch. Throws on a text that is none. */
export function unpackBatch(batchId: string, text: string): EventBatch {
  const { c, e } = JSON.parse(text) as { c: EventFacts; e: Packed[] };
  const batchMs = timeOfId(batchId);
  const events = e.map(([type, beforeMs, facts], index): MonitorEvent => {
    const id = `${batchId}${digits(index, indexLength)}`;
    return { id, time: new Date(batchMs - beforeMs).toISOString(), type, ...c, ...facts };
  });
  return { batchId, events };
}

function digits(value: number | bigint, length: number): string {
  return value.toString(36).padStart(length, '0');
}
