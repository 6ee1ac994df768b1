import type { MonitorEvent } from './monitor-event';
import { outcomeOf } from './outcome';

/** What the table is narrowed to. An empty string asks for nothing. */
export interface EventFilter {
  /** A whole type, or a family such as `relay.rpc.*`. */
  readonly type: string;
  readonly gatewayId: string;
  readonly outcome: string;
  /** Words that must all occur somewhere in the event, in any case. */
  readonly text: string;
}

/** The filter that lets everything through. */
export const NO_FILTER: EventFilter = { type: '', gatewayId: '', outcome: '', text: '' };

const haystacks = new WeakMap<MonitorEvent, string>();

function haystackOf(event: MonitorEvent): string {
  let haystack = haystacks.get(event);
  if (haystack === undefined) {
    haystack = Object.values(event).join('\n').toLowerCase();
    haystacks.set(event, haystack);
  }
  return haystack;
}

/** Compiles a filter into a test of one event. */
export function compileFilter(filter: EventFilter): (event: MonitorEvent) => boolean {
  const family = filter.type.endsWith('*') ? filter.type.slice(0, -1) : undefined;
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return (event) => {
    if (family !== undefined ? !event.type.startsWith(family) : filter.type && event.type !== filter.type) {
      return false;
    }
    if (filter.gatewayId && event.gatewayId !== filter.gatewayId) return false;
    if (filter.outcome && outcomeOf(event) !== filter.outcome) return false;
    if (words.length === 0) return true;
    const haystack = haystackOf(event);
    return words.every((word) => haystack.includes(word));
  };
}

/** How many of the filter's parts are in use. */
export function countFilters(filter: EventFilter): number {
  return Object.values(filter).filter((part: string) => part.trim() !== '').length;
}
