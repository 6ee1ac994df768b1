/** The guard: a change that exceeds a budget fails here, with the figure and the budget. */
import { brokenBudgets, budgets } from '../../bench/budgets';
import { modelledFigures } from '../../bench/modelled-figures';

test("the relay's way to wait keeps its budgets", () => {
  expect(brokenBudgets(modelledFigures())).toEqual([]);
});

test('a budget that is exceeded is named with its figure and its limit', () => {
  const figures = modelledFigures();
  const lowered = { ...budgets, readsInASecond: { ...budgets.readsInASecond, most: 3 } };
  expect(brokenBudgets(figures, lowered)).toEqual([
    `strong reads while a 1 s call waits: ${figures.readsInASecond} reads, over the budget of 3 reads`,
  ]);
});
