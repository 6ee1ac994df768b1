/** The rows that are shown, and what holds them still. */
import { batch, computed, signal } from '@preact/signals';
import type { Call } from '../model/call-book';
import { compileCallFilter, compileFilter, type EventFilter, NO_FILTER } from '../model/event-filter';
import type { GatewaySummary } from '../model/gateway-ledger';
import { HeldList, type HoldReason } from '../model/held-list';
import { byTime, type MonitorEvent } from '../model/monitor-event';
import { lengthOf, limitsOf, spanOf, type TimeRange } from '../model/time-range';
import { filter, range, table } from './chosen';
import { book, gatewayNames, ledger, log, metrics, nowMs, reach, shown } from './known';

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

const limits = computed(() => limitsOf(range.value, nowMs.value));
const callRows = computed(() => {
  shown.value;
  holdsChanged.value;
  const { fromMs, toMs } = limits.value;
  const fits = compileCallFilter(filter.value, gatewayNames);
  return holds.calls.show(
    book.newestFirst((call) => call.startMs >= fromMs && call.startMs < toMs && fits(call)),
  );
});
const eventRows = computed(() => {
  shown.value;
  holdsChanged.value;
  const { fromMs, toMs } = limits.value;
  const fits = compileFilter(filter.value, gatewayNames);
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
}

function catchUpQuietly(): void {
  for (const list of [holds.calls, holds.events]) list.catchUp();
  holdsChanged.value += 1;
}
