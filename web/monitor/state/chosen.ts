/** What somebody chose to see, and the address of the page that says so. */
import { batch, computed, effect, signal } from '@preact/signals';
import type { EventFilter } from '../model/event-filter';
import { type PageAddress, readAddress, type Tab, writeAddress } from '../model/page-address';
import type { TimeRange } from '../model/time-range';

const start = readAddress(location.hash);

/** The part of the page that is in front on a narrow screen. */
export const tab = signal<Tab>(start.tab);
/** The time that is looked at. */
export const range = signal<TimeRange>(start.range);
/** What the tables are narrowed to. */
export const filter = signal<EventFilter>(start.filter);
/** The table that is in front: on a wide screen one of them always is. */
export const table = signal<'calls' | 'events'>(start.tab === 'events' ? 'events' : 'calls');
/** What the detail shows; neither: it is closed. */
export const openCall = signal<string | undefined>(start.call);
export const openEvent = signal<string | undefined>(start.event);
/** The row that the keyboard is on, or that was opened last. */
export const selectedId = signal<string | undefined>(undefined);

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

/** Opens the detail of a call, whatever table is in front. */
export function showCall(id: string): void {
  batch(() => {
    openCall.value = id;
    openEvent.value = undefined;
  });
}

/** Closes the detail. */
export function closeDetail(): void {
  batch(() => {
    openCall.value = undefined;
    openEvent.value = undefined;
  });
}

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
    range.value = next.range;
    openCall.value = next.call;
    openEvent.value = next.event;
  });
});
