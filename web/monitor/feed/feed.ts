import { type MonitorEvent, readMonitorEvent, timeMsOf } from '../model/monitor-event';
import { backOffMs } from './back-off';
import { recoverSince } from './gap';
import { AccessDenied, type MonitorApi, Unavailable } from './monitor-api';
import { SseParser } from './sse-parser';

/** What the connection is doing; `waiting` names the moment of the next attempt, on the viewer's clock. */
export type FeedState =
  | { readonly name: 'connecting' }
  | { readonly name: 'live' }
  | { readonly name: 'waiting'; readonly untilMs: number; readonly reason: string }
  | { readonly name: 'denied'; readonly denial: AccessDenied };

/** A time from which events may be missing, and why they cannot be had. */
export interface LostPeriod {
  readonly fromMs: number;
  readonly toMs: number;
  readonly reason: 'expired' | 'bounded';
}

/** Where a feed delivers. */
export interface FeedListener {
  onEvents(events: readonly MonitorEvent[]): void;
  onState(state: FeedState): void;
  onLost(period: LostPeriod): void;
  /** Whether the server has more that is older than what was delivered. */
  onOlder(available: boolean): void;
}

/** The time and chance a feed lives by; `sleep` ends early, without failing, when its signal aborts. */
export interface FeedClock {
  nowMs(): number;
  random(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** A running feed. */
export interface Feed {
  /** Ends the wait before the next attempt. */
  retryNow(): void;
  /** Fetches one more page of older events. */
  loadOlder(): Promise<void>;
  stop(): void;
}

/** The stream sends a comment at least every 15 s: three missed ones mean that nobody is there. */
const SILENCE_MS = 45_000;
const DEFAULT_RETRY_MS = 1000;
/** A stream that lasted this long was a working one: the next attempt starts from the shortest wait. */
const STABLE_MS = 5000;
const BACKFILL_MS = 3_600_000;
const MAX_BACKFILL_PAGES = 10;

/**
 * Keeps events coming: the newest page first, then the live stream, which it opens again whenever it ends.
 * After each reconnection it looks whether the server still had everything in between.
 */
export function startFeed(api: MonitorApi, clock: FeedClock, listener: FeedListener): Feed {
  const stopped = new AbortController();
  let wake = new AbortController();
  let lastId: string | undefined;
  let lastTimeMs = 0;
  let firstTimeMs = Number.POSITIVE_INFINITY;
  /** From where on it is not yet known whether the stream skipped something. */
  let unverified: { readonly id: string | undefined; readonly timeMs: number } | undefined;
  let older: string | undefined;
  let retryMs = DEFAULT_RETRY_MS;

  const deliver = (events: readonly MonitorEvent[]) => {
    if (stopped.signal.aborted || events.length === 0) return;
    for (const event of events) {
      firstTimeMs = Math.min(firstTimeMs, timeMsOf(event));
      if (lastId !== undefined && event.id <= lastId) continue;
      lastId = event.id;
      lastTimeMs = timeMsOf(event);
    }
    listener.onEvents(events);
  };
  const setOlder = (cursor: string | undefined) => {
    older = cursor;
    listener.onOlder(cursor !== undefined);
  };

  const loadNewest = async () => {
    const page = await api.fetchPage();
    deliver(page.events);
    setOlder(page.nextBefore);
  };

  /** Goes back as far as the charts look, so that they start complete. */
  const backfill = async () => {
    for (let page = 1; page < MAX_BACKFILL_PAGES && older !== undefined; page += 1) {
      if (firstTimeMs <= api.nowMs() - BACKFILL_MS || stopped.signal.aborted) return;
      await loadOlder();
    }
  };

  const loadOlder = async () => {
    if (older === undefined) return;
    const page = await api.fetchPage(older);
    deliver(page.events);
    setOlder(page.events.length > 0 ? page.nextBefore : undefined);
  };

  /** Looks, beside the new stream, for what the old one did not deliver. */
  const verify = async () => {
    if (!unverified) return;
    const { id, timeMs } = unverified;
    const recovered = await recoverSince((before) => api.fetchPage(before), id);
    deliver(recovered.events);
    unverified = undefined;
    if (recovered.outcome === 'complete') return;
    const toMs = recovered.events[0] ? timeMsOf(recovered.events[0]) : api.nowMs();
    listener.onLost({ fromMs: timeMs, toMs, reason: recovered.outcome });
  };

  const pump = async (body: ReadableStream<Uint8Array>, connection: AbortController) => {
    const parser = new SseParser();
    const reader = body.getReader();
    let heardAtMs = clock.nowMs();
    const watch = async () => {
      while (!connection.signal.aborted) {
        await clock.sleep(SILENCE_MS / 3, connection.signal);
        if (clock.nowMs() - heardAtMs >= SILENCE_MS) connection.abort();
      }
    };
    void watch();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      heardAtMs = clock.nowMs();
      deliver(parser.push(value).flatMap(({ event, data }) => (event === 'message' ? readData(data) : [])));
      retryMs = parser.retryMs ?? retryMs;
    }
  };

  const connect = async () => {
    listener.onState({ name: 'connecting' });
    const connection = new AbortController();
    const stop = () => connection.abort();
    stopped.signal.addEventListener('abort', stop);
    try {
      const isFirst = lastId === undefined;
      if (isFirst) await loadNewest();
      // The first stream follows its page without a seam, unless the page was empty: then there is no id to
      // go on from, and an event may slip in between.
      if (!isFirst || lastId === undefined) unverified ??= { id: lastId, timeMs: lastTimeMs };
      const body = await api.openStream(lastId, connection.signal);
      listener.onState({ name: 'live' });
      if (isFirst) void backfill().catch(() => undefined);
      void verify().catch(() => connection.abort());
      await pump(body, connection);
    } finally {
      stopped.signal.removeEventListener('abort', stop);
      connection.abort();
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
      const waitMs = Math.max(asked, backOffMs(Math.max(0, attempt - 1), retryMs, clock.random()));
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
  return {
    retryNow: () => wake.abort(),
    stop: () => stopped.abort(),
    loadOlder,
  };
}

function readData(data: string): MonitorEvent[] {
  try {
    const event = readMonitorEvent(JSON.parse(data));
    return event ? [event] : [];
  } catch {
    return [];
  }
}
