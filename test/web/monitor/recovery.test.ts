import { backOffMs, MAX_BACK_OFF_MS } from '../../../web/monitor/feed/back-off';
import { type FetchPage, MAX_RECOVERED_EVENTS, recoverSince } from '../../../web/monitor/feed/gap';
import { monitorEvent } from '../../support/monitor/monitor-events';

const events = Array.from({ length: 5000 }, (_, index) => monitorEvent('relay.rpc.request', index * 1000));

/** A history that keeps the newest so many events. */
function historyOf(kept: number): { fetchPage: FetchPage; pages: () => number } {
  let pages = 0;
  const all = kept === 0 ? [] : events.slice(-kept);
  return {
    pages: () => pages,
    async fetchPage(before) {
      pages += 1;
      const older = before ? all.filter((event) => event.id < before) : all;
      const page = older.slice(-500);
      return { events: page, ...(older.length > page.length ? { nextBefore: page[0]!.id } : {}) };
    },
  };
}

test('a short gap is filled with one page', async () => {
  const { fetchPage, pages } = historyOf(5000);
  const recovered = await recoverSince(fetchPage, events.at(-20)!.id);
  expect(recovered.outcome).toBe('complete');
  expect(recovered.events).toEqual(events.slice(-19));
  expect(pages()).toBe(1);
});

test('a long gap is filled page by page, in order', async () => {
  const recovered = await recoverSince(historyOf(5000).fetchPage, events.at(-1300)!.id);
  expect(recovered.outcome).toBe('complete');
  expect(recovered.events).toEqual(events.slice(-1299));
});

test('a gap that is too long is filled up to its bound, and says so', async () => {
  const recovered = await recoverSince(historyOf(5000).fetchPage, events[0]!.id);
  expect(recovered.outcome).toBe('bounded');
  expect(recovered.events).toHaveLength(MAX_RECOVERED_EVENTS);
});

test('a gap that the server has forgotten says so', async () => {
  expect((await recoverSince(historyOf(700).fetchPage, events[0]!.id)).outcome).toBe('expired');
  expect((await recoverSince(historyOf(0).fetchPage, events[0]!.id)).outcome).toBe('expired');
});

test('a change of way looks back a little: what was written late is found as well', async () => {
  const sinceMs = 4_900_000;
  const recovered = await recoverSince(historyOf(5000).fetchPage, events[4900]!.id, sinceMs - 10_000);
  expect(recovered.outcome).toBe('complete');
  expect(recovered.events).toEqual(events.slice(4890));
});

test('who has seen nothing yet misses nothing', async () => {
  const recovered = await recoverSince(historyOf(5000).fetchPage, undefined);
  expect(recovered).toMatchObject({ outcome: 'complete' });
  expect(recovered.events).toHaveLength(500);
});

test('waits double, stay under 30 s and spread over their upper half', () => {
  expect(backOffMs(0, 1000, 0)).toBe(500);
  expect(backOffMs(0, 1000, 1)).toBe(1000);
  expect(backOffMs(3, 1000, 1)).toBe(8000);
  expect(backOffMs(5000, 1000, 1)).toBe(MAX_BACK_OFF_MS);
  expect(backOffMs(5000, 1000, 0)).toBe(MAX_BACK_OFF_MS / 2);
});
