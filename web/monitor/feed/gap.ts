import { byId, type MonitorEvent } from '../model/monitor-event';

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
  /** Oldest first, none at or below the id paged back to. */
  readonly events: MonitorEvent[];
  /** Where paging may go on, if anywhere. */
  readonly nextBefore?: string;
}

/** The most events that are fetched to fill one gap. */
export const MAX_RECOVERED_EVENTS = 2000;

/**
 * Pages back from the newest event until one at or below `sinceId`. Without a `sinceId` there is nothing to
 * reach: the newest page is all that is asked for.
 */
export async function recoverSince(fetchPage: FetchPage, sinceId: string | undefined): Promise<Recovered> {
  const events: MonitorEvent[] = [];
  let before: string | undefined;
  for (;;) {
    const page = await fetchPage(before);
    const newer = sinceId === undefined ? page.events : page.events.filter((event) => event.id > sinceId);
    events.push(...newer);
    const reached = sinceId === undefined || newer.length < page.events.length;
    const more = page.events.length > 0 ? page.nextBefore : undefined;
    if (reached || more === undefined || events.length >= MAX_RECOVERED_EVENTS) {
      const outcome = reached ? 'complete' : more === undefined ? 'expired' : 'bounded';
      return { outcome, events: events.sort(byId), ...(more === undefined ? {} : { nextBefore: more }) };
    }
    before = more;
  }
}
