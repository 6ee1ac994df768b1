import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkPatch } from './build';
import { faults } from './faults/faults';
import { findFault } from './find-faults';
import { builtSimulation, type RunReport } from './run-program';

const breachesDirectory = join(__dirname, 'breaches');

let run: (...options: string[]) => Promise<RunReport>;
beforeAll(async () => {
  run = await builtSimulation('simulation');
}, 60_000);

// A third of what `npm run simulate -- --seed 1 --seeds 30` makes of them: the whole suite has five minutes.
test('100,000 calls over 30 seeds breach nothing', async () => {
  const halves = await Promise.all([
    run('--seed', '1', '--seeds', '15', '--calls', '3400'),
    run('--seed', '16', '--seeds', '15', '--calls', '3400'),
  ]);
  expect(halves.flatMap(({ breaches = [] }) => breaches)).toEqual([]);
  expect(halves[0].calls + halves[1].calls).toBeGreaterThan(100_000);
}, 300_000);

test('the same seed is the same world, whatever ran before it', async () => {
  const [once, again] = await Promise.all([run('--world', '3.1'), run('--seed', '3', '--calls', '800')]);
  expect(again.last).toEqual(once.last);
});

test('no breach of the past comes back', async () => {
  for (const file of readdirSync(breachesDirectory).filter((name) => name.endsWith('.json'))) {
    const report = await run('--plan', join(breachesDirectory, file));
    expect([file, report.breaches ?? []]).toEqual([file, []]);
  }
}, 60_000);

test('each deliberate fault still fits the code', async () => {
  expect(faults.length).toBeGreaterThanOrEqual(25);
  expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length);
  for (const { patches } of faults) for (const patch of patches) await checkPatch(patch);
});

// One for each kind of promise: an oracle that sees nothing any more is found here. All of them: npm run simulate -- --faults.
const samples = [
  'a command is posted again when the post was unclear',
  'a runtime that left has no grace',
  'an end is written over another',
  'progress without a look at whose call it is',
  'a rotation leaves the sockets of the old secret in the row',
  'whoever ends a call tells nobody',
  'the guard of a grace does not look whether the runtime is back',
  'a place is not given back',
];
test.each(samples)(
  'the simulation finds: %s',
  async (name) => {
    const fault = faults.find((each) => each.name === name)!;
    expect(await findFault(fault)).toMatchObject({ fault, world: expect.any(String) });
  },
  60_000,
);
