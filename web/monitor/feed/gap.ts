import { byId, type MonitorEvent, timeMsOf } from '../model/monitor-event';

/** One page of the history. */
export interface EventPage {
  /** Oldest first. */
  readonly events: readonly MonitorEvent[];
  /** Where the next older page begins; absent at the end of the history. */
  readonly nextBefore?: string;
}

/** Fetches the newest events before an id, or the newest of all. */
export type FetchPage = (before?: string) => Promise<EventPage>;

/** What paging back brought. */
export interface Recovered {
  /** `complete`: down to what was already there. `expired`: the server keeps no more. `bounded`: too many. */
  readonly outcome: 'complete' | 'expired' | 'bounded';
  /** Oldest first. */
  readonly events: MonitorEvent[];
}

/** The most events that are fetched to fill one gap. */
export const MAX_RECOVERED_EVENTS = 2000;

/**
 * Pages back from the newest event until one at or below `sinceId`, and on until one that happened before `backToMs`:
 * two ways of delivery do not agree on the order of events of the same moment, so a change of way looks back a little.
 * Without a `sinceId` there is nothing to reach: the newest page is all that is asked for.
 */
export async function recoverSince(
  fetchPage: FetchPage,
  sinceId: string | undefined,
  backToMs = Number.POSITIVE_INFINITY,
): Promise<Recovered> {
  const events: MonitorEvent[] = [];
  const isWanted = (event: MonitorEvent) =>
    sinceId === undefined || event.id > sinceId || timeMsOf(event) >= backToMs;
  let reached = sinceId === undefined;
  let before: string | undefined;
  for (;;) {
    const page = await fetchPage(before);
    const wanted = page.events.filter(isWanted);
    events.push(...wanted);
    reached ||= page.events.some(({ id }) => id <= sinceId!);
    const isOver = sinceId === undefined || (reached && wanted.length < page.events.length);
    before = page.events.length > 0 ? page.nextBefore : undefined;
    if (isOver || before === undefined || events.length >= MAX_RECOVERED_EVENTS) {
      const outcome = reached ? 'complete' : before === undefined ? 'expired' : 'bounded';
      return { outcome, events: events.sort(byId) };
    }
  }
}
