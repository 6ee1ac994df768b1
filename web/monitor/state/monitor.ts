/**
 * What the page knows and shows. Events go into plain models at once; the views are told at most twelve times a second,
 * so that a flood of events costs no more than a trickle.
 */
import { batch, computed, effect, signal } from '@preact/signals';
import type { Feed, FeedState, LostPeriod, Reach } from '../feed/feed';
import { type Call, CallBook } from '../model/call-book';
import { CallMetrics } from '../model/call-metrics';
import { compileCallFilter, compileFilter, type EventFilter, NO_FILTER } from '../model/event-filter';
import { EventLog } from '../model/event-log';
import { GatewayLedger, type GatewaySummary } from '../model/gateway-ledger';
import { HeldList, type HoldReason } from '../model/held-list';
import { byTime, type MonitorEvent, timeMsOf } from '../model/monitor-event';
import { callOutcomeOf, outcomeOf } from '../model/outcome';
import { type PageAddress, readAddress, type Tab, writeAddress } from '../model/page-address';
import { isLive, lengthOf, limitsOf, spanOf, type TimeRange } from '../model/time-range';

/** How many events, and how many calls, the page keeps. */
export const CAPACITY = 5000;
/** Older than this when they arrive, rows are history and come in without a highlight. */
const LIVE_MS = 10_000;
const SHOW_EVERY_MS = 80;
/** A call without an end after this will have none on the page. */
const LONGEST_CALL_MS = 900_000;

const start = readAddress(location.hash);

/** What somebody chose to see. */
export const tab = signal<Tab>(start.tab);
export const range = signal<TimeRange>(start.range);
export const filter = signal<EventFilter>(start.filter);
/** The table that is in front: on a wide screen one of them always is. */
export const table = signal<'calls' | 'events'>(start.tab === 'events' ? 'events' : 'calls');
/** What the detail shows; neither: it is closed. */
export const openCall = signal<string | undefined>(start.call);
export const openEvent = signal<string | undefined>(start.event);
export const selectedId = signal<string | undefined>(undefined);

/** What the connection does. */
export const feedState = signal<FeedState | undefined>(undefined);
export const lost = signal<LostPeriod | undefined>(undefined);
export const reach = signal<Reach>({ fromMs: Number.POSITIVE_INFINITY, more: false });
/** The server's time, a second precise. */
export const nowMs = signal(Date.now());

/** Counts how often the models were shown: whoever reads them reads it first. */
const shown = signal(0);

const log = new EventLog(CAPACITY);
const book = new CallBook(CAPACITY);
const metrics = new CallMetrics();
const ledger = new GatewayLedger();
/** When each row came, as long as it is to be pointed out. */
const arrivals = new Map<string, number>();
const known = { types: new Set<string>(), outcomes: new Set<string>() };

let feed: Feed | undefined;
let serverNow = () => Date.now();

const holds = {
  calls: new HeldList<Call>(
    ({ id }) => id,
    (call, than) => call.startMs < than.startMs,
  ),
  events: new HeldList<MonitorEvent>(
    ({ id }) => id,
    (event, than) => byTime(event, than) < 0,
  ),
  gateways: new HeldList<GatewaySummary>(
    ({ gatewayId }) => gatewayId,
    () => true,
  ),
};
const holdsChanged = signal(0);

/** Connects the page to a feed. `now` is the server's time. */
export function attach(next: Feed, now: () => number): void {
  feed = next;
  serverNow = now;
  lost.value = undefined;
  askForRange();
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
  known.types.add(event.type);
  const end = event.type.lastIndexOf('.');
  if (end > 0) known.types.add(`${event.type.slice(0, end)}.*`);
  const outcome = outcomeOf(event);
  if (outcome) known.outcomes.add(outcome);
}

const limits = computed(() => limitsOf(range.value, nowMs.value));
const namesOf = (gatewayId: string | undefined) => ledger.namesOf(gatewayId);

const callRows = computed(() => {
  shown.value;
  holdsChanged.value;
  const { fromMs, toMs } = limits.value;
  const fits = compileCallFilter(filter.value, namesOf);
  return holds.calls.show(
    book.newestFirst((call) => call.startMs >= fromMs && call.startMs < toMs && fits(call)),
  );
});
const eventRows = computed(() => {
  shown.value;
  holdsChanged.value;
  const { fromMs, toMs } = limits.value;
  const fits = compileFilter(filter.value, namesOf);
  const from = new Date(Math.max(0, fromMs)).toISOString();
  const to = Number.isFinite(toMs) ? new Date(toMs).toISOString() : '~';
  return holds.events.show(log.newestFirst((event) => event.time >= from && event.time < to && fits(event)));
});

/** The rows of the table in front, newest first, and how many wait above it. */
export const rows = computed(() => (table.value === 'calls' ? callRows.value : eventRows.value));

/** How many rows there are without any filter. */
export const total = computed(() => {
  shown.value;
  return table.value === 'calls' ? book.size : log.size;
});

/** Every gateway; under a pointer they keep their order. */
export const gateways = computed(() => {
  shown.value;
  holdsChanged.value;
  return holds.gateways.show(ledger.list()).rows;
});

/** What the charts show. */
export const traffic = computed(() => {
  shown.value;
  const span = spanOf(range.value, nowMs.value, metrics.firstMs);
  const { fromMs, toMs } = limits.value;
  const before = { fromMs: fromMs - lengthOf(range.value), toMs: fromMs };
  // A comparison with what is only partly known would be none.
  const isKnown = !reach.value.more || reach.value.fromMs <= before.fromMs;
  return {
    window: metrics.window({ ...span, toMs: Math.min(span.toMs, Number.isFinite(toMs) ? toMs : span.toMs) }),
    totals: metrics.totals({ fromMs, toMs }),
    before: isKnown ? metrics.totals(before) : undefined,
    isWhole: !reach.value.more || reach.value.fromMs <= fromMs,
  };
});

/** What the filters offer. */
export const choices = computed(() => {
  shown.value;
  return { types: [...known.types].sort(), outcomes: [...known.outcomes].sort() };
});

/** What a gateway calls itself, as far as any event tells. */
export function gatewayNames(gatewayId: string | undefined) {
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

/** Holds a list, or lets it go. */
export function hold(list: keyof typeof holds, reason: HoldReason, on: boolean): void {
  if (holds[list].set(reason, on)) holdsChanged.value += 1;
}

/** Whether the table in front is paused. */
export const isPaused = computed(() => {
  holdsChanged.value;
  return holds[table.value].isHeldFor('paused');
});

/** Pauses both tables, or lets them go. */
export function togglePause(): void {
  const on = !isPaused.value;
  for (const list of ['calls', 'events'] as const) hold(list, 'paused', on);
}

/** Shows what waits. */
export function catchUp(): void {
  for (const list of ['calls', 'events'] as const) {
    holds[list].set('paused', false);
    holds[list].set('row', false);
    holds[list].catchUp();
  }
  holdsChanged.value += 1;
}

/** Narrows the tables. */
export function setFilter(part: Partial<EventFilter>): void {
  batch(() => {
    filter.value = { ...filter.value, ...part };
    catchUpQuietly();
  });
}

/** Shows everything again. */
export function clearFilter(): void {
  setFilter(NO_FILTER);
}

/** Looks at another time. */
export function setRange(next: TimeRange): void {
  batch(() => {
    range.value = next;
    catchUpQuietly();
  });
  askForRange();
}

/** Goes to a part of the page. */
export function goTo(next: Tab): void {
  batch(() => {
    tab.value = next;
    if (next !== 'calls' && next !== 'events') return;
    table.value = next;
    selectedId.value = undefined;
  });
}

/** Opens the detail of a row of the table in front. */
export function openRow(id: string): void {
  batch(() => {
    selectedId.value = id;
    openCall.value = table.value === 'calls' ? id : undefined;
    openEvent.value = table.value === 'events' ? id : undefined;
  });
}

/** Closes the detail. */
export function closeDetail(): void {
  batch(() => {
    openCall.value = undefined;
    openEvent.value = undefined;
  });
}

function catchUpQuietly(): void {
  for (const list of [holds.calls, holds.events]) list.catchUp();
  holdsChanged.value += 1;
}

/** Fetches as far back as the range and the one before it go. */
function askForRange(): void {
  const { fromMs } = limitsOf(range.value, serverNow());
  void feed?.reachBack(fromMs - lengthOf(range.value)).catch(() => undefined);
}

/** The address of what is shown. */
const address = computed(
  (): PageAddress => ({
    tab: tab.value,
    range: range.value,
    filter: filter.value,
    ...(openCall.value ? { call: openCall.value } : {}),
    ...(openEvent.value ? { event: openEvent.value } : {}),
  }),
);

effect(() => {
  const fragment = writeAddress(address.value);
  if (fragment === location.hash.slice(1)) return;
  history.replaceState(null, '', fragment ? `#${fragment}` : location.pathname + location.search);
});
addEventListener('hashchange', () => {
  const next = readAddress(location.hash);
  batch(() => {
    goTo(next.tab);
    filter.value = next.filter;
    openCall.value = next.call;
    openEvent.value = next.event;
  });
  setRange(next.range);
});

/** Whether a fixed range is looked at. */
export const isFixed = computed(() => !isLive(range.value));

/** Whether an event ends a call. */
export const endsCall = (event: MonitorEvent): boolean => callOutcomeOf(event) !== undefined;
