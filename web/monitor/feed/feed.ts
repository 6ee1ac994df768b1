import { type MonitorEvent, timeMsOf } from '../model/monitor-event';
import { backOffMs } from './back-off';
import type { Feed, FeedClock, FeedListener } from './feed-contract';
import { recoverSince } from './gap';
import { AccessDenied, type MonitorApi, Unavailable } from './monitor-api';
import { type Way, type WayName, waysOf } from './ways';

const RETRY_MS = 1000;
/** A connection that lasted this long was a working one: the next attempt starts from the shortest wait. */
const STABLE_MS = 5000;
/** A way that failed while another one got through is left alone for so long. */
const WAY_REST_MS = 600_000;
/** Two ways of delivery may disagree by this much about what came before what. */
const OVERLAP_MS = 10_000;
/** The most pages of 500 events that one feed fetches of the past. */
const MAX_PAGES_BACK = 40;

/**
 * Keeps events coming: the newest page first, then the best way that gets through, opened again whenever it ends.
 * After each change it looks whether the server still had everything in between.
 */
export function startFeed(api: MonitorApi, clock: FeedClock, listener: FeedListener): Feed {
  const ways = waysOf(api, clock);
  const resting = new Map<WayName, number>();
  const stopped = new AbortController();
  let wake = new AbortController();
  let lastId: string | undefined;
  let lastTimeMs = 0;
  let firstTimeMs = Number.POSITIVE_INFINITY;
  /** From where on it is not yet known whether something was skipped. */
  let unverified: { readonly id: string | undefined; readonly timeMs: number } | undefined;
  let older: string | undefined;
  let pagesBack = 0;
  let wantedBackToMs = Number.POSITIVE_INFINITY;
  let reaching: Promise<void> | undefined;

  const deliver = (events: readonly MonitorEvent[]) => {
    if (stopped.signal.aborted || events.length === 0) return;
    for (const event of events) {
      if (lastId !== undefined && event.id <= lastId) continue;
      lastId = event.id;
      lastTimeMs = timeMsOf(event);
    }
    listener.onEvents(events);
  };

  const loadPage = async (before?: string) => {
    const page = await api.fetchPage(before);
    deliver(page.events);
    older = page.events.length > 0 ? page.nextBefore : undefined;
    for (const event of page.events) firstTimeMs = Math.min(firstTimeMs, timeMsOf(event));
    listener.onReach({ fromMs: firstTimeMs, more: older !== undefined });
  };

  const reach = async () => {
    while (older !== undefined && firstTimeMs > wantedBackToMs && pagesBack < MAX_PAGES_BACK) {
      if (stopped.signal.aborted) return;
      pagesBack += 1;
      await loadPage(older);
    }
  };
  const reachBack = (toMs: number) => {
    wantedBackToMs = Math.min(wantedBackToMs, toMs);
    reaching ??= reach().finally(() => {
      reaching = undefined;
    });
    return reaching;
  };

  /** Fetches what may have been skipped since the last moment of which all is known. */
  const recover = async () => {
    unverified ??= { id: lastId, timeMs: lastTimeMs };
    const { id, timeMs } = unverified;
    const recovered = await recoverSince((before) => api.fetchPage(before), id, timeMs - OVERLAP_MS);
    deliver(recovered.events);
    unverified = undefined;
    if (recovered.outcome === 'complete') return;
    const toMs = recovered.events[0] ? timeMsOf(recovered.events[0]) : api.nowMs();
    listener.onLost({ fromMs: timeMs, toMs, reason: recovered.outcome });
  };

  /** Opens the first way that gets through. */
  const openWay = async (connectionOf: () => AbortController) => {
    const failed: WayName[] = [];
    let failure: unknown;
    for (const way of ways) {
      if ((resting.get(way.name) ?? 0) > clock.nowMs()) continue;
      const connection = connectionOf();
      try {
        const batches = await way.open({ afterId: lastId, connection, recover });
        for (const name of failed) resting.set(name, clock.nowMs() + WAY_REST_MS);
        return { way, batches, connection };
      } catch (error) {
        connection.abort();
        if (error instanceof AccessDenied || stopped.signal.aborted) throw error;
        failed.push(way.name);
        failure = error;
      }
    }
    // Where nothing gets through the server is away, and no way is to blame.
    resting.clear();
    throw failure ?? new Unavailable('No way to the server is open.');
  };

  const connect = async () => {
    listener.onState({ name: 'connecting' });
    const connections: AbortController[] = [];
    const stop = () => {
      for (const connection of connections) connection.abort();
    };
    const connectionOf = () => {
      const connection = new AbortController();
      connections.push(connection);
      return connection;
    };
    stopped.signal.addEventListener('abort', stop);
    let way: Way | undefined;
    const startedMs = clock.nowMs();
    try {
      const isFirst = lastId === undefined;
      if (isFirst) await loadPage();
      // Whatever the way delivers first moves `lastId` on: what is not verified begins here.
      const mark = { id: lastId, timeMs: lastTimeMs };
      const opened = await openWay(connectionOf);
      way = opened.way;
      // The first stream follows its page without a seam, unless the page was empty.
      if (!isFirst || !way.resumes || mark.id === undefined) unverified ??= mark;
      listener.onState({ name: 'live', way: way.name });
      if (unverified) void recover().catch(() => opened.connection.abort());
      void reachBack(wantedBackToMs).catch(() => undefined);
      for await (const events of opened.batches) deliver(events);
    } catch (error) {
      // A way that opens and breaks at once is no better than one that does not open.
      const isShort = clock.nowMs() - startedMs < STABLE_MS;
      if (way && way.name !== 'polling' && isShort && !(error instanceof AccessDenied)) {
        resting.set(way.name, clock.nowMs() + WAY_REST_MS);
      }
      throw error;
    } finally {
      stopped.signal.removeEventListener('abort', stop);
      stop();
    }
  };

  const run = async () => {
    let attempt = 0;
    while (!stopped.signal.aborted) {
      const startedMs = clock.nowMs();
      let failure: unknown;
      try {
        await connect();
      } catch (error) {
        failure = error;
      }
      if (stopped.signal.aborted) return;
      if (failure instanceof AccessDenied) return listener.onState({ name: 'denied', denial: failure });
      attempt = clock.nowMs() - startedMs >= STABLE_MS ? 0 : attempt + 1;
      const asked = failure instanceof Unavailable ? (failure.retryAfterMs ?? 0) : 0;
      const waitMs = Math.max(asked, backOffMs(Math.max(0, attempt - 1), RETRY_MS, clock.random()));
      const reason =
        failure instanceof Unavailable
          ? failure.message
          : failure
            ? 'The connection was lost.'
            : 'The stream ended.';
      listener.onState({ name: 'waiting', untilMs: clock.nowMs() + waitMs, reason });
      wake = new AbortController();
      await clock.sleep(waitMs, AbortSignal.any([wake.signal, stopped.signal]));
    }
  };

  void run();
  return { retryNow: () => wake.abort(), stop: () => stopped.abort(), reachBack };
}
