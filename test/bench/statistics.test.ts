import { percentile, spreadOf } from '../../bench/figures/statistics';

test('a percentile is the smallest value that so many do not exceed', () => {
  const values = [4, 1, 3, 2];
  expect([0, 0.25, 0.5, 0.51, 1].map((share) => percentile(values, share))).toEqual([1, 1, 2, 3, 4]);
});

test('there is no figure of no values', () => {
  expect(() => spreadOf([])).toThrow('no values');
});
