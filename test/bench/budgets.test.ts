/** The guard: a change that exceeds a budget fails here, with the figure and the budget. */

import { brokenBudgets, budgets, type Figures } from '../../bench/figures/budgets';
import { modelledFigures } from '../../bench/latency/modelled-figures';
import { bundleFigures, bundlesOf } from '../../bench/machine/bundles';
import { type MeteredRelay, startMeteredRelay } from '../../bench/metering/metered-relay';
import { meterPush } from '../../bench/metering/push-path';
import { figuresOf, followRpcs, pairUp } from '../../bench/metering/rpc-path';
import { sharedAssembly } from '../support/stack/shared-assembly';

let relay: MeteredRelay;
let figures: Figures;
beforeAll(async () => {
  relay = await startMeteredRelay({ directory: sharedAssembly().directory });
  const pair = await pairUp(relay);
  const bundles = bundlesOf(relay.host.functions.definitions);
  figures = { ...modelledFigures(), ...bundleFigures(bundles), ...figuresOf(await followRpcs(relay, pair)) };
  await pair.runtime.close();
  Object.assign(figures, (await meterPush(relay)).figures);
}, 60_000);
afterAll(() => relay.stop());

test('every budget that is the same on every machine has a figure', () => {
  const guarded = Object.entries(budgets).filter(([, { held }]) => held === 'guard');
  expect(Object.keys(figures).sort()).toEqual(guarded.map(([name]) => name).sort());
});

test('every guarded budget holds', () => {
  expect(brokenBudgets(figures)).toEqual([]);
});

test('a budget that is exceeded is named with its figure and its limit', () => {
  const lowered = { ...budgets, callsBeforeCommand: { ...budgets.callsBeforeCommand, most: 1 } };
  expect(brokenBudgets(figures, lowered)).toEqual([
    'AWS calls in sequence before the command leaves: 2 calls, over the budget of 1 calls',
  ]);
});
