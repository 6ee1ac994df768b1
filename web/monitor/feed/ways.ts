/**
 * The ways in which events reach the page, the best first. A socket costs next to nothing; a stream holds a function;
 * asking again and again gets through every proxy. Each gives batches of events, in any order and perhaps twice.
 */
import { createParser } from 'eventsource-parser';
import { type MonitorEvent, readMonitorEvent } from '../model/monitor-event';
import type { FeedClock } from './feed-contract';
import { type MonitorApi, Unavailable } from './monitor-api';

/** The name of a way. */
export type WayName = 'socket' | 'stream' | 'polling';

/** What a way may use of the feed. */
export interface WayOptions {
  /** The newest event that the page has. */
  readonly afterId: string | undefined;
  /** Ends the way, from either side. */
  readonly connection: AbortController;
  /** Fetches, and delivers, what came since. */
  recover(): Promise<void>;
}

/** One way: opens when the server has accepted, and throws where it does not get through. */
export interface Way {
  readonly name: WayName;
  /** Whether it goes on exactly after `afterId`; else what came meanwhile is fetched beside it. */
  readonly resumes: boolean;
  open(options: WayOptions): Promise<AsyncIterable<readonly MonitorEvent[]>>;
}

/** The stream sends a comment at least every 15 s: three missed ones mean that nobody is there. */
const SILENCE_MS = 45_000;
/** A stream begins with a comment: one that does not is kept back by somebody in between. */
const FIRST_WORD_MS = 8_000;
/** API Gateway closes a socket that is idle for ten minutes. */
const PING_MS = 240_000;
const PONG_MS = 15_000;
const POLL_MS = 3_000;
/** How long the page makes do with asking before it tries a better way. */
const POLLING_MS = 600_000;

/** All ways to this server. */
export function waysOf(api: MonitorApi, clock: FeedClock): Way[] {
  return [socketWay(api, clock), streamWay(api, clock), pollingWay(api, clock)];
}

function socketWay(api: MonitorApi, clock: FeedClock): Way {
  return {
    name: 'socket',
    resumes: false,
    async open({ connection }) {
      const socket = await api.openSocket(connection.signal);
      let heardAtMs = clock.nowMs();
      const keepAlive = async () => {
        while (!connection.signal.aborted) {
          await clock.sleep(PING_MS, connection.signal);
          if (connection.signal.aborted) return;
          socket.send(JSON.stringify({ type: 'ping' }));
          const askedAtMs = clock.nowMs();
          await clock.sleep(PONG_MS, connection.signal);
          if (heardAtMs < askedAtMs) connection.abort();
        }
      };
      void keepAlive();
      return (async function* () {
        for await (const text of chunksOf(socket.messages)) {
          heardAtMs = clock.nowMs();
          yield eventsOfFrame(text);
        }
      })();
    },
  };
}

function streamWay(api: MonitorApi, clock: FeedClock): Way {
  return {
    name: 'stream',
    resumes: true,
    async open({ afterId, connection }) {
      const body = await api.openStream(afterId, connection.signal);
      const reader = body
        .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
        .getReader();
      const patience = new AbortController();
      const first = await Promise.race([
        reader.read(),
        clock.sleep(FIRST_WORD_MS, AbortSignal.any([patience.signal, connection.signal])),
      ]);
      patience.abort();
      if (!first) {
        connection.abort();
        throw new Unavailable('The stream does not get through.');
      }
      let heardAtMs = clock.nowMs();
      const watch = async () => {
        while (!connection.signal.aborted) {
          await clock.sleep(SILENCE_MS / 3, connection.signal);
          if (clock.nowMs() - heardAtMs >= SILENCE_MS) connection.abort();
        }
      };
      void watch();
      return (async function* () {
        let events: MonitorEvent[] = [];
        const parser = createParser({
          onEvent: ({ event, data }) => {
            if (event === undefined || event === 'message') events.push(...eventOf(data));
          },
        });
        for (let piece = first; !piece.done; piece = await reader.read()) {
          heardAtMs = clock.nowMs();
          parser.feed(piece.value);
          yield events;
          events = [];
        }
      })();
    },
  };
}

function pollingWay(api: MonitorApi, clock: FeedClock): Way {
  return {
    name: 'polling',
    resumes: false,
    async open({ connection, recover }) {
      await api.fetchPage();
      const startedMs = clock.nowMs();
      return (async function* () {
        while (!connection.signal.aborted && clock.nowMs() - startedMs < POLLING_MS) {
          await clock.sleep(POLL_MS, connection.signal);
          await recover();
          yield [];
        }
      })();
    },
  };
}

/** The chunks of a stream; Safari's streams are no async iterables. */
async function* chunksOf<T>(stream: ReadableStream<T>): AsyncGenerator<T> {
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

function eventsOfFrame(text: string): MonitorEvent[] {
  const frame = parse(text) as { event?: unknown; params?: { events?: unknown } } | null | undefined;
  const events = frame?.event === 'monitor' ? frame.params?.events : undefined;
  return Array.isArray(events) ? events.flatMap((event) => readMonitorEvent(event) ?? []) : [];
}

function eventOf(data: string): MonitorEvent[] {
  const event = readMonitorEvent(parse(data));
  return event ? [event] : [];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
