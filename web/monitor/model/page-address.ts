/** What the page shows, as the fragment of its address, so that a link shows the same. Only what somebody chose is in it. */
import { type EventFilter, NO_FILTER } from './event-filter';
import { DEFAULT_RANGE, isLive, LAST_RANGES, type TimeRange } from './time-range';

/** The parts of the page that a narrow screen shows one at a time. */
export const TABS = ['calls', 'events', 'traffic', 'gateways'] as const;

/** One of the parts. */
export type Tab = (typeof TABS)[number];

/** What somebody chose to see. */
export interface PageAddress {
  readonly tab: Tab;
  readonly range: TimeRange;
  readonly filter: EventFilter;
  /** The call or event whose detail is open. */
  readonly call?: string;
  readonly event?: string;
}

const MAX_LENGTH = 200;

/** Reads a fragment, with or without its `#`; what it cannot mean is as if it were not there. */
export function readAddress(fragment: string): PageAddress {
  const given = new URLSearchParams(fragment.replace(/^#/, ''));
  const text = (name: string) => (given.get(name) ?? '').slice(0, MAX_LENGTH);
  const call = text('call');
  const event = text('event');
  return {
    tab: TABS.find((tab) => tab === text('view')) ?? 'calls',
    range: readRange(text('range'), text('from'), text('to')),
    filter: { type: text('type'), gateway: text('gateway'), outcome: text('outcome'), text: text('q') },
    ...(call ? { call } : {}),
    ...(event ? { event } : {}),
  };
}

/** Writes a fragment without its `#`; empty for what the page shows by itself. */
export function writeAddress({ tab, range, filter, call, event }: PageAddress): string {
  const parts = new URLSearchParams();
  const put = (name: string, value: string | undefined, usual = '') => {
    if (value !== undefined && value !== usual) parts.set(name, value);
  };
  put('view', tab, 'calls');
  if (isLive(range)) put('range', range.last, '1h');
  else {
    put('from', new Date(range.fromMs).toISOString());
    put('to', new Date(range.toMs).toISOString());
  }
  put('gateway', filter.gateway);
  put('outcome', filter.outcome);
  put('type', filter.type);
  put('q', filter.text);
  put('call', call);
  put('event', event);
  return parts.toString();
}

function readRange(last: string, from: string, to: string): TimeRange {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  if (fromMs < toMs) return { fromMs, toMs };
  const known = LAST_RANGES.find(({ name }) => name === last);
  return known ? { last: known.name } : DEFAULT_RANGE;
}

/** The address of a page that nobody has touched. */
export const BARE_ADDRESS: PageAddress = { tab: 'calls', range: DEFAULT_RANGE, filter: NO_FILTER };
