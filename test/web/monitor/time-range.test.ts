import {
  BARE_ADDRESS,
  type PageAddress,
  readAddress,
  writeAddress,
} from '../../../web/monitor/model/page-address';
import { longerThan, shifted, spanOf } from '../../../web/monitor/model/time-range';

const NOW = Date.UTC(2026, 0, 31, 12, 0, 30);
const MINUTE = 60_000;

test('charts begin with the first thing that is known, so that a new user sees bars', () => {
  const span = spanOf({ last: '24h' }, NOW, NOW - 8 * MINUTE);
  expect(NOW - span.fromMs).toBeLessThan(9 * MINUTE);
  expect(span.bucketMs).toBe(10_000);
});

test('with less than five minutes of data charts show five minutes', () => {
  expect(NOW - spanOf({ last: '1h' }, NOW, NOW - 1000).fromMs).toBeGreaterThanOrEqual(5 * MINUTE);
});

test.each(['15m', '1h', '6h', '24h'] as const)('%s is drawn in at most 61 buckets that cover it', (last) => {
  const { fromMs, toMs, bucketMs } = spanOf({ last }, NOW, 0);
  expect((toMs - fromMs) / bucketMs).toBeLessThanOrEqual(62);
  expect(toMs).toBeGreaterThan(NOW);
});

test('a range moves by half its length, and one that reaches now moves on with the time again', () => {
  const earlier = shifted({ last: '1h' }, 'earlier', NOW);
  expect(earlier).toEqual({ fromMs: NOW - 90 * MINUTE, toMs: NOW - 30 * MINUTE });
  expect(shifted(shifted(earlier, 'earlier', NOW), 'later', NOW)).toEqual(earlier);
  expect(shifted(earlier, 'later', NOW - MINUTE)).toEqual({ last: '1h' });
  expect(shifted({ last: '6h' }, 'later', NOW)).toEqual({ last: '6h' });
});

test('after the longest range there is none', () => {
  expect(longerThan({ last: '1h' })).toBe('6h');
  expect(longerThan({ last: '24h' })).toBeUndefined();
});

test('an address of the page is read as it was written, and an untouched page has none', () => {
  const address: PageAddress = {
    tab: 'events',
    range: { fromMs: NOW - 5 * MINUTE, toMs: NOW },
    filter: { type: 'relay.rpc.*', gateway: 'kind:openclaw', outcome: 'timed-out', text: 'a & b' },
    event: 'x1',
  };
  expect(readAddress(`#${writeAddress(address)}`)).toEqual(address);
  expect(writeAddress(BARE_ADDRESS)).toBe('');
  expect(readAddress('')).toEqual(BARE_ADDRESS);
});

test.each(['#view=nothing&range=7y', '#from=yesterday&to=today', '#from=2026-02-01&to=2026-01-01', '#%%%'])(
  'an address that means nothing shows what the page shows by itself: %s',
  (fragment) => {
    expect(readAddress(fragment)).toEqual(BARE_ADDRESS);
  },
);
