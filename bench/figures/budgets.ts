/** The budgets that every report shows and the tests guard. A change that needs more must say why, here. */

/** One budget. */
export interface Budget {
  /** What is counted, as the report and a failing guard call it. */
  what: string;
  unit: string;
  most: number;
  /** `guard`: the same on every machine, so `npm test` holds it. `report`: depends on the machine. */
  held: 'guard' | 'report';
}

/** Every budget. */
export const budgets = {
  callsBeforeCommand: {
    what: 'AWS calls in sequence before the command leaves',
    unit: 'calls',
    most: 2,
    held: 'guard',
  },
  callsAfterReply: {
    what: 'AWS calls in sequence after the reply arrived, until it stands in the table',
    unit: 'calls',
    most: 1,
    held: 'guard',
  },
  writeUnitsPerRpc: {
    what: 'write units of one RPC answered at once with less than 1 KB, monitor events included',
    unit: 'units',
    most: 3,
    held: 'guard',
  },
  readsInASecond: { what: 'strong reads while a 1 s call waits', unit: 'reads', most: 20, held: 'guard' },
  detectionShare: {
    what: 'detection delay of a reply, share of the whole call (worst case, hops at their medians)',
    unit: '%',
    most: 20,
    held: 'guard',
  },
  detectionMs: {
    what: 'detection delay of a reply (worst case, hops at their medians)',
    unit: 'ms',
    most: 250,
    held: 'guard',
  },
  bundleBytes: {
    what: 'largest minified bundle of a function',
    unit: 'bytes',
    most: 420 * 1024,
    held: 'guard',
  },
  importRatio: {
    what: 'import time of the slowest function, over that of the two bare SDK clients',
    unit: '×',
    most: 1.25,
    held: 'report',
  },
  startSeconds: {
    what: '`npm start` on a warm checkout to the first 200 of /health',
    unit: 's',
    most: 2,
    held: 'report',
  },
} satisfies Record<string, Budget>;

/** The name of a budget. */
export type BudgetName = keyof typeof budgets;

/** What was counted, by budget; what a run did not count is left out. */
export type Figures = Partial<Record<BudgetName, number>>;

/** A sentence for each budget that is exceeded, with the figure and the budget. */
export function brokenBudgets(figures: Figures, limits: Record<BudgetName, Budget> = budgets): string[] {
  return entriesOf(figures)
    .filter(([name, figure]) => figure > limits[name].most)
    .map(([name, figure]) => {
      const { what, unit, most } = limits[name];
      return `${what}: ${figure} ${unit}, over the budget of ${most} ${unit}`;
    });
}

/** The figures that were counted, in the order of the budgets. */
export function entriesOf(figures: Figures): Array<[BudgetName, number]> {
  return (Object.keys(budgets) as BudgetName[]).flatMap((name): Array<[BudgetName, number]> => {
    const figure = figures[name];
    return figure === undefined ? [] : [[name, figure]];
  });
}
