import { ProgressOrder } from '../../../lambdas/core/call/progress';
import { holdGapMs } from '../../../lambdas/core/call/waiting';

const t0 = 1_800_000_000_000;
const steps = (...seqs: number[]) => seqs.map((seq) => ({ seq, data: null, atMs: t0 }));
const taken = (order: ProgressOrder, seqs: number[], nowMs = t0, holdMs?: number) =>
  order.take(steps(...seqs), nowMs, holdMs).map(({ seq }) => seq);

test('what follows without a gap is passed on at once', () => {
  const order = new ProgressOrder();
  expect(taken(order, [0, 1, 2])).toEqual([0, 1, 2]);
  expect(taken(order, [3])).toEqual([3]);
});
test('what stands behind a gap waits for what is missing', () => {
  const order = new ProgressOrder();
  expect(taken(order, [0, 2])).toEqual([0]);
  expect(taken(order, [1, 2], t0 + 50)).toEqual([1, 2]);
});
test('but not for long', () => {
  const order = new ProgressOrder();
  expect(taken(order, [5, 7], t0 + holdGapMs - 1)).toEqual([]);
  expect(taken(order, [5, 7], t0 + holdGapMs)).toEqual([5, 7]);
});
test('at the end of the call nothing is held back', () => {
  expect(taken(new ProgressOrder(3), [9, 11], t0, 0)).toEqual([9, 11]);
});
