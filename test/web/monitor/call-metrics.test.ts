import { CallMetrics, percentile } from '../../../web/monitor/model/call-metrics';
import { spanOf } from '../../../web/monitor/model/time-range';
import { busyHour, callEvents, monitorEvent } from '../../support/monitor/monitor-events';

const NOW_MS = Date.UTC(2026, 0, 31, 12, 0, 30);
const MINUTE_MS = 60_000;
/** The hour that ends with the present minute. */
const HOUR = spanOf({ last: '1h' }, NOW_MS, 0);

function windowOf(...calls: ReturnType<typeof callEvents>[]) {
  const metrics = new CallMetrics();
  for (const event of calls.flat()) metrics.add(event);
  return metrics.window(HOUR);
}

test('the percentile is the nearest rank, and nothing has none', () => {
  expect(percentile([], 0.5)).toBeNull();
  expect(percentile([7], 0.95)).toBe(7);
  expect(percentile([4, 1, 3, 2], 0.5)).toBe(2);
  expect(
    percentile(
      Array.from({ length: 100 }, (_, index) => index + 1),
      0.95,
    ),
  ).toBe(95);
});

test('a call counts once, in the minute in which it ended, by its outcome', () => {
  const window = windowOf(
    callEvents('a', NOW_MS - 100, { durationMs: 50 }),
    callEvents('b', NOW_MS - 2 * MINUTE_MS, { outcome: 'timed-out', durationMs: 1000 }),
  );
  expect(window.counts.answered.at(-1)).toBe(1);
  expect(window.counts['timed-out'].at(-3)).toBe(1);
  expect(window.totals).toMatchObject({ calls: 2, failed: 1 });
});

test('the window is in whole buckets that end with the present one', () => {
  const { starts } = windowOf();
  expect(starts).toHaveLength(61);
  expect(starts.at(-1)).toBe(Date.UTC(2026, 0, 31, 12, 0) / 1000);
  expect(starts[0]).toBe(Date.UTC(2026, 0, 31, 11, 0) / 1000);
});

test('latency is that of answered calls: a timeout does not stretch it', () => {
  const window = windowOf(
    callEvents('a', NOW_MS - 400, { durationMs: 100 }),
    callEvents('b', NOW_MS - 400, { durationMs: 300, outcome: 'runtime-error' }),
    callEvents('c', NOW_MS - 400, { durationMs: 390, outcome: 'timed-out' }),
  );
  expect(window.p50.at(-1)).toBe(100);
  expect(window.p95.at(-1)).toBe(300);
  expect(window.p50[0]).toBeNull();
});

test('a cancelled call is no failure', () => {
  expect(windowOf(callEvents('a', NOW_MS - 400, { outcome: 'cancelled' })).totals.failed).toBe(0);
});

test('what is outside of the span, or ends no call, does not count', () => {
  const metrics = new CallMetrics();
  metrics.add(monitorEvent('relay.rpc.success', NOW_MS - 61 * MINUTE_MS));
  metrics.add(monitorEvent('relay.rpc.reply_rejected', NOW_MS));
  expect(metrics.window(HOUR).totals.calls).toBe(0);
  expect(metrics.totals({ fromMs: NOW_MS - 120 * MINUTE_MS, toMs: HOUR.fromMs }).calls).toBe(1);
});

test('the order of events does not matter', () => {
  const events = busyHour(NOW_MS);
  expect(windowOf(events)).toEqual(windowOf([...events].reverse()));
});
