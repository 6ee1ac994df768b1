import { formatAge, formatDuration, formatShare, shortenId } from '../../../web/monitor/model/format';
import { exportFileName, toNdjson } from '../../../web/monitor/model/ndjson';
import { monitorEvent } from '../../support/monitor/monitor-events';

test('an export has one event a line, oldest first, and reads back as it was', () => {
  const events = [
    monitorEvent('b', 2000, { detail: 'two\nlines "quoted"' }),
    monitorEvent('a', 1000, { durationMs: 5 }),
  ];
  const lines = toNdjson(events).split('\n');
  expect(lines.pop()).toBe('');
  expect(lines.map((line) => JSON.parse(line))).toEqual([events[1], events[0]]);
});

test('an export of nothing is empty', () => {
  expect(toNdjson([])).toBe('');
});

test('an export is named after its moment', () => {
  expect(exportFileName(Date.UTC(2026, 0, 31, 10, 15, 0, 7))).toBe(
    'agenttown-events-20260131T101500Z.ndjson',
  );
});

test('figures are shown with as much as a person reads', () => {
  expect([0, 212.4, 1420, 30_900, 125_000].map(formatDuration)).toEqual([
    '0 ms',
    '212 ms',
    '1.42 s',
    '30.9 s',
    '2 min 5 s',
  ]);
  expect([1000, 42_000, 400_000, 7_200_000, 200_000_000].map(formatAge)).toEqual([
    'now',
    '42 s',
    '6 min',
    '2 h',
    '2 d',
  ]);
  expect([formatShare(0, 0), formatShare(0, 9), formatShare(1, 30), formatShare(1, 2)]).toEqual([
    '–',
    '0 %',
    '3.3 %',
    '50 %',
  ]);
});

test('a shortened id keeps its beginning and its end', () => {
  expect(shortenId('gw_short')).toBe('gw_short');
  expect(shortenId('gw_0123456789abcdefXYZ', 12)).toBe('gw_01234…XYZ');
});
