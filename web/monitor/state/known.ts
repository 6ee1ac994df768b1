/**
 * What the page knows. Events go into plain models at once; the views are told at most twelve times a second, so that a
 * flood of events costs no more than a trickle.
 */
import { batch, computed, effect, signal } from '@preact/signals';
import type { Feed, FeedState, LostPeriod, Reach } from '../feed/feed-contract';
import { type Call, CallBook } from '../model/call-book';
import { CallMetrics } from '../model/call-metrics';
import { EventLog } from '../model/event-log';
import { GatewayLedger, type GatewayNames } from '../model/gateway-ledger';
import { type MonitorEvent, timeMsOf } from '../model/monitor-event';
import { outcomeOf } from '../model/outcome';
import { lengthOf, limitsOf } from '../model/time-range';
import { range } from './chosen';

/** How many events, and how many calls, the page keeps. */
export const CAPACITY = 5000;
/** Older than this when they arrive, rows are history and come in without a highlight. */
const LIVE_MS = 10_000;
const SHOW_EVERY_MS = 80;
/** A call without an end after this will have none on the page. */
const LONGEST_CALL_MS = 900_000;

/** What the connection does. */
export const feedState = signal<FeedState | undefined>(undefined);
/** The last gap that could not be filled. */
export const lost = signal<LostPeriod | undefined>(undefined);
/** How far back the events go. */
export const reach = signal<Reach>({ fromMs: Number.POSITIVE_INFINITY, more: false });
/** The server's time, a second precise. */
export const nowMs = signal(Date.now());
/** Counts how often the models were shown: whoever reads them reads it first. */
export const shown = signal(0);

/** The models. */
export const log = new EventLog(CAPACITY);
export const book = new CallBook(CAPACITY);
export const metrics = new CallMetrics();
export const ledger = new GatewayLedger();

/** When each row came, as long as it is to be pointed out. */
const arrivals = new Map<string, number>();
const words = { types: new Set<string>(), outcomes: new Set<string>() };
let feed: Feed | undefined;
let serverNow = () => Date.now();

/** Connects the page to a feed. `now` is the server's time. */
export function attach(next: Feed, now: () => number): void {
  feed = next;
  serverNow = now;
  lost.value = undefined;
  reachBack();
}

/** Takes events in. */
export function takeEvents(events: readonly MonitorEvent[]): void {
  const now = serverNow();
  for (const event of log.add(events)) {
    book.add(event);
    metrics.add(event);
    ledger.add(event);
    learn(event);
    if (now - timeMsOf(event) < LIVE_MS) arrivals.set(event.id, now).set(event.rpcId ?? event.id, now);
  }
  scheduleShow();
}

let scheduled = false;
function scheduleShow(): void {
  if (scheduled) return;
  scheduled = true;
  setTimeout(() => {
    scheduled = false;
    show();
  }, SHOW_EVERY_MS);
}

function show(): void {
  const now = serverNow();
  for (const [id, atMs] of arrivals) if (now - atMs > 1000) arrivals.delete(id);
  batch(() => {
    nowMs.value = now;
    shown.value += 1;
  });
}

// Ages grow, and a live range moves on, also when nothing happens.
setInterval(show, 1000);

/** Whether a row came just now. */
export function isFresh(id: string): boolean {
  return arrivals.has(id);
}

function learn(event: MonitorEvent): void {
  words.types.add(event.type);
  const end = event.type.lastIndexOf('.');
  if (end > 0) words.types.add(`${event.type.slice(0, end)}.*`);
  const outcome = outcomeOf(event);
  if (outcome) words.outcomes.add(outcome);
}

/** What the filters offer. */
export const choices = computed(() => {
  shown.value;
  return { types: [...words.types].sort(), outcomes: [...words.outcomes].sort() };
});

/** What a gateway calls itself, as far as any event tells. */
export function gatewayNames(gatewayId: string | undefined): GatewayNames | undefined {
  return ledger.namesOf(gatewayId);
}

/** One event, also when the table has dropped it. */
export function findEvent(id: string): MonitorEvent | undefined {
  return log.newestFirst((event) => event.id === id)[0];
}

/** One call. */
export function findCall(id: string): Call | undefined {
  shown.value;
  return book.get(id);
}

/** The events of one call, newest first. */
export function eventsOfCall(id: string): MonitorEvent[] {
  shown.value;
  return log.newestFirst((event) => event.rpcId === id);
}

/** Whether a call without an end may still be running. */
export function isRunning(call: Call): boolean {
  return call.ending === undefined && nowMs.value - call.startMs < LONGEST_CALL_MS;
}

/** Fetches as far back as the range and the one before it go. */
function reachBack(): void {
  const { fromMs } = limitsOf(range.value, serverNow());
  void feed?.reachBack(fromMs - lengthOf(range.value)).catch(() => undefined);
}
effect(reachBack);
