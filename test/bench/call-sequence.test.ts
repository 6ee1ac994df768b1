import { callsInSequence, sumCalls } from '../../bench/metering/call-sequence';
import type { MeteredCall } from '../../local/types';

const from = (startedAt: number, endedAt: number, operation = 'GetItem'): MeteredCall => ({
  caller: 'Rpc',
  service: 'dynamodb',
  operation,
  resources: [],
  startedAt,
  endedAt,
  status: 200,
  readUnits: 1,
  writeUnits: 2,
});

test('calls one after the other stand in sequence', () => {
  expect(callsInSequence([from(0, 5), from(5, 9), from(10, 11)])).toBe(3);
});

test('calls side by side count once', () => {
  expect(callsInSequence([from(0, 5), from(1, 6), from(2, 3), from(7, 8)])).toBe(2);
  expect(callsInSequence([from(0, 5), from(1, 6)])).toBe(1);
});

test('no calls, no sequence', () => {
  expect(callsInSequence([])).toBe(0);
});

test('what is done after the answer counts in all, not in sequence', () => {
  expect(sumCalls([from(0, 5), from(6, 9, 'PutItem')], 5)).toEqual({
    inSequence: 1,
    inAll: 2,
    byOperation: { 'dynamodb GetItem': 1, 'dynamodb PutItem': 1 },
    readUnits: 2,
    writeUnits: 4,
  });
});
