import { EventEmitter, once } from 'node:events';
import { startFeed } from '../../../web/monitor/feed/feed';
import type { FeedListener, FeedState } from '../../../web/monitor/feed/feed-contract';
import type { EventPage } from '../../../web/monitor/feed/gap';
import { AccessDenied, type MonitorApi, Unavailable } from '../../../web/monitor/feed/monitor-api';
import type { MonitorEvent } from '../../../web/monitor/model/monitor-event';
import { monitorEvent } from '../../support/monitor/monitor-events';

const START_MS = 100_000_000;

/** A server in memory, a clock that moves only when told, and a listener that can be waited on. */
function feedAgainst(
  history: MonitorEvent[],
  passes: { sockets?: 'open'; streams?: 'blocked' | 'silent' } = {},
) {
  let nowMs = START_MS;
  const changes = new EventEmitter();
  const note = () => void changes.emit('change');
  const sleepers = new Set<{ atMs: number; wake: () => void }>();
  const opened: { afterId: string | undefined; stream: ReadableStreamDefaultController<Uint8Array> }[] = [];
  const states: FeedState[] = [];
  const seen: string[] = [];
  const lost: Parameters<FeedListener['onLost']>[0][] = [];
  const sockets: ReadableStreamDefaultController<string>[] = [];
  const pings: string[] = [];
  const server = {
    failure: undefined as Error | undefined,
    history,
    sockets: 'blocked' as 'blocked' | 'open',
    streams: 'open' as 'blocked' | 'silent' | 'open',
    /** What happens while a socket opens: pushed to nobody. */
    meanwhile: [] as MonitorEvent[],
  };
  Object.assign(server, passes);
  const api: MonitorApi = {
    nowMs: () => nowMs,
    async fetchPage(before): Promise<EventPage> {
      if (server.failure) throw server.failure;
      const older = before ? server.history.filter(({ id }) => id < before) : server.history;
      const events = older.slice(-500);
      return { events, ...(older.length > events.length ? { nextBefore: events[0]!.id } : {}) };
    },
    async openStream(afterId, signal) {
      if (server.failure) throw server.failure;
      if (server.streams === 'blocked') throw new Unavailable('blocked');
      return new ReadableStream<Uint8Array>({
        start(stream) {
          opened.push({ afterId, stream });
          if (server.streams === 'open') stream.enqueue(new TextEncoder().encode(': connected\n\n'));
          signal.addEventListener('abort', () => stream.error(new Error('aborted')));
          note();
        },
      });
    },
    async openSocket(signal) {
      if (server.failure) throw server.failure;
      server.history.push(...server.meanwhile.splice(0));
      if (server.sockets === 'blocked') throw new Unavailable('No socket gets through.');
      const messages = new ReadableStream<string>({
        start(socket) {
          sockets.push(socket);
          signal.addEventListener('abort', () => socket.error(new Error('aborted')));
        },
      });
      return { messages, send: (text) => void pings.push(text) };
    },
  };
  const clock = {
    nowMs: () => nowMs,
    random: () => 1,
    sleep: (ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        const sleeper = { atMs: nowMs + ms, wake: resolve };
        if (signal.aborted) return resolve();
        sleepers.add(sleeper);
        signal.addEventListener('abort', () => {
          sleepers.delete(sleeper);
          resolve();
        });
      }),
  };
  const feed = startFeed(api, clock, {
    onEvents(events) {
      seen.push(...events.map(({ id }) => id));
      note();
    },
    onState(state) {
      states.push(state);
      note();
    },
    onLost(period) {
      lost.push(period);
      note();
    },
    onReach: note,
  });
  return {
    feed,
    server,
    sockets,
    pings,
    opened,
    states,
    seen,
    lost,
    last: () => states.at(-1)!,
    /** Waits until a condition holds; every change of the feed is a chance. */
    async until(condition: () => boolean) {
      while (!condition()) await once(changes, 'change');
    },
    /** Lets everything happen that waits for nothing but its turn. */
    settled: () => new Promise<void>((resolve) => setImmediate(resolve)),
    advance(ms: number) {
      nowMs += ms;
      for (const sleeper of [...sleepers]) {
        if (sleeper.atMs > nowMs) continue;
        sleepers.delete(sleeper);
        sleeper.wake();
      }
    },
    push(...events: MonitorEvent[]) {
      sockets.at(-1)!.enqueue(JSON.stringify({ type: 'event', event: 'monitor', params: { events } }));
    },
    send(event: MonitorEvent) {
      const text = `id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`;
      opened.at(-1)!.stream.enqueue(new TextEncoder().encode(text));
    },
  };
}

const eventAt = (atMs: number) => monitorEvent('relay.rpc.request', atMs);

test('the newest page comes first, and the stream goes on after its last event', async () => {
  const history = [eventAt(1), eventAt(2)];
  const it = feedAgainst(history);
  await it.until(() => it.last().name === 'live');
  expect(it.opened[0]!.afterId).toBe(history[1]!.id);
  const live = eventAt(3);
  it.send(live);
  await it.until(() => it.seen.includes(live.id));
  it.feed.stop();
});

test('a stream that the server ends is opened again after the last event, and misses nothing', async () => {
  const it = feedAgainst([eventAt(1)]);
  await it.until(() => it.last().name === 'live');
  const [live, between] = [eventAt(2), eventAt(3)];
  it.send(live);
  await it.until(() => it.seen.includes(live.id));
  it.server.history.push(live, between);
  it.opened[0]!.stream.close();
  await it.until(() => it.last().name === 'waiting');
  it.advance(30_000);
  await it.until(() => it.seen.includes(between.id));
  expect(it.opened[1]!.afterId).toBe(live.id);
  expect(it.lost).toEqual([]);
  it.feed.stop();
});

test('waits grow while the server is away, and a viewer may try at once', async () => {
  const it = feedAgainst([eventAt(1)]);
  await it.until(() => it.last().name === 'live');
  it.server.failure = new Unavailable('gone');
  it.opened[0]!.stream.close();
  const waits: number[] = [];
  for (let attempt = 1; attempt <= 4; attempt += 1) {
    await it.until(() => it.states.filter(({ name }) => name === 'waiting').length === attempt);
    const state = it.last();
    if (state.name === 'waiting') waits.push(state.untilMs - START_MS);
    it.feed.retryNow();
  }
  expect(waits).toEqual([1000, 2000, 4000, 8000]);
  it.feed.stop();
});

test('a server that asks for a longer pause gets it', async () => {
  const it = feedAgainst([]);
  await it.until(() => it.last().name === 'live');
  it.server.failure = new Unavailable('busy', 20_000);
  it.opened[0]!.stream.close();
  await it.until(() => it.states.filter(({ name }) => name === 'waiting').length === 1);
  it.feed.retryNow();
  await it.until(() => it.states.filter(({ name }) => name === 'waiting').length === 2);
  expect(it.last()).toMatchObject({ untilMs: START_MS + 20_000, reason: 'busy' });
  it.feed.stop();
});

test('a stream that falls silent is given up', async () => {
  const it = feedAgainst([eventAt(1)]);
  await it.until(() => it.last().name === 'live');
  it.advance(46_000);
  await it.until(() => it.last().name === 'waiting');
  it.feed.stop();
});

test('what the server forgot during an outage is reported as lost', async () => {
  const it = feedAgainst([eventAt(100_000)]);
  await it.until(() => it.last().name === 'live');
  it.server.history = [eventAt(400_000), eventAt(500_000)];
  it.opened[0]!.stream.close();
  await it.until(() => it.last().name === 'waiting');
  it.feed.retryNow();
  await it.until(() => it.lost.length > 0);
  expect(it.lost).toEqual([{ fromMs: 100_000, toMs: 400_000, reason: 'expired' }]);
  expect(it.seen).toEqual(expect.arrayContaining(it.server.history.map(({ id }) => id)));
  it.feed.stop();
});

test('a gap that could not be checked is checked at the next connection', async () => {
  const first = eventAt(100_000);
  const it = feedAgainst([first]);
  await it.until(() => it.last().name === 'live');
  const failing = Object.assign(it.server, { failure: new Unavailable('gone') });
  it.opened[0]!.stream.close();
  await it.until(() => it.last().name === 'waiting');
  failing.history = [eventAt(700_000)];
  it.feed.retryNow();
  await it.until(() => it.states.filter(({ name }) => name === 'waiting').length === 2);
  it.server.failure = undefined;
  it.feed.retryNow();
  await it.until(() => it.lost.length === 1);
  expect(it.lost[0]).toMatchObject({ fromMs: 100_000, toMs: 700_000 });
  it.feed.stop();
});

test('a refusal ends the feed and carries the explanation', async () => {
  const it = feedAgainst([eventAt(1)]);
  await it.until(() => it.last().name === 'live');
  it.server.failure = new AccessDenied(401, 'no such token');
  it.opened[0]!.stream.close();
  await it.until(() => it.last().name === 'waiting');
  it.feed.retryNow();
  await it.until(() => it.last().name === 'denied');
  expect(it.last()).toMatchObject({ denial: { status: 401, message: 'no such token' } });
});

test('the past is fetched as far back as somebody looks, page by page, until there is no more', async () => {
  const history = Array.from({ length: 3000 }, (_, index) => eventAt(START_MS - (3000 - index) * 3000));
  const it = feedAgainst(history);
  await it.until(() => it.last().name === 'live');
  // 1,200 events of the last hour are on three pages.
  await it.feed.reachBack(START_MS - 3_600_000);
  expect(it.seen).toHaveLength(1500);
  await it.feed.reachBack(0);
  expect(it.seen).toHaveLength(3000);
  expect(new Set(it.seen).size).toBe(3000);
  it.feed.stop();
});

const wayOf = (it: ReturnType<typeof feedAgainst>) => {
  const state = it.last();
  return state.name === 'live' ? state.way : state.name;
};

test('a socket is the first choice, and what happened while it opened is fetched beside it', async () => {
  const it = feedAgainst([eventAt(1)], { sockets: 'open' });
  const missed = eventAt(2);
  it.server.meanwhile.push(missed);
  await it.until(() => wayOf(it) === 'socket' && it.seen.includes(missed.id));
  const live = eventAt(3);
  it.push(live);
  await it.until(() => it.seen.includes(live.id));
  expect(it.opened).toEqual([]);
  it.feed.stop();
});

test.each([
  ['stream', {}],
  ['polling', { streams: 'blocked' }],
] as const)('where sockets are blocked events come by %s, and none is missing', async (way, passes) => {
  const it = feedAgainst([eventAt(1)], passes);
  await it.until(() => wayOf(it) === way);
  const next = eventAt(2);
  it.server.history.push(next);
  if (way === 'stream') it.send(next);
  else it.advance(3_000);
  await it.until(() => it.seen.includes(next.id));
  it.feed.stop();
});

test('a stream that somebody in between keeps back is not waited for', async () => {
  const it = feedAgainst([eventAt(1)], { streams: 'silent' });
  await it.until(() => it.opened.length === 1);
  await it.settled();
  it.advance(8_000);
  await it.until(() => wayOf(it) === 'polling');
  it.feed.stop();
});

test('over a change of way nothing is lost, not even what was written late', async () => {
  const it = feedAgainst([eventAt(START_MS)], { sockets: 'open' });
  await it.until(() => wayOf(it) === 'socket');
  const [late, live, between] = [eventAt(START_MS + 900), eventAt(START_MS + 1000), eventAt(START_MS + 2000)];
  it.push(live);
  await it.until(() => it.seen.includes(live.id));
  // An event that sorts before what was shown already, and was never pushed.
  it.server.history.push(late, live, between);
  it.server.sockets = 'blocked';
  it.advance(6_000);
  it.sockets[0]!.close();
  await it.until(() => it.last().name === 'waiting');
  it.feed.retryNow();
  await it.until(() => wayOf(it) === 'stream' && it.seen.includes(late.id));
  expect(it.seen).toEqual(expect.arrayContaining([late.id, live.id, between.id]));
  expect(it.lost).toEqual([]);
  it.feed.stop();
});

test('a way that is blocked is left alone for ten minutes, then tried again', async () => {
  const it = feedAgainst([eventAt(1)]);
  await it.until(() => wayOf(it) === 'stream');
  it.server.sockets = 'open';
  const reconnect = async () => {
    const lives = it.states.filter(({ name }) => name === 'live').length;
    it.opened.at(-1)?.stream.close();
    await it.until(() => it.last().name === 'waiting');
    it.feed.retryNow();
    await it.until(() => it.states.filter(({ name }) => name === 'live').length > lives);
  };
  await reconnect();
  expect(wayOf(it)).toBe('stream');
  it.advance(600_000);
  await it.until(() => it.last().name === 'waiting');
  it.feed.retryNow();
  await it.until(() => wayOf(it) === 'socket');
  it.feed.stop();
});

test('a socket says every four minutes that it is there, and one that does not answer is given up', async () => {
  const it = feedAgainst([eventAt(1)], { sockets: 'open' });
  await it.until(() => wayOf(it) === 'socket');
  await it.settled();
  it.advance(240_000);
  await it.settled();
  expect(it.pings).toEqual(['{"type":"ping"}']);
  it.sockets[0]!.enqueue('{"type":"pong"}');
  await it.settled();
  it.advance(15_000);
  await it.settled();
  expect(wayOf(it)).toBe('socket');
  it.advance(240_000);
  await it.settled();
  it.advance(15_000);
  await it.until(() => it.last().name === 'waiting');
  it.feed.stop();
});
