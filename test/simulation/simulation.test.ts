import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { builtSimulation, type RunReport } from './run-program';

const breachesDirectory = join(__dirname, 'breaches');

let run: (...options: string[]) => Promise<RunReport>;
beforeAll(async () => {
  run = await builtSimulation('simulation');
}, 60_000);

test('60,000 calls over 30 seeds breach nothing', async () => {
  const report = await run('--seeds', '30', '--calls', '2000');
  expect(report.breaches ?? []).toEqual([]);
  expect(report.calls).toBeGreaterThan(60_000);
}, 120_000);

test('the same seed is the same world', async () => {
  const [once, again] = await Promise.all([run('--world', '3.1'), run('--world', '3.1')]);
  expect(again.events).toBe(once.events);
  expect(again.words).toEqual(once.words);
});

test('no breach of the past comes back', async () => {
  for (const file of readdirSync(breachesDirectory).filter((name) => name.endsWith('.json'))) {
    const report = await run('--plan', join(breachesDirectory, file));
    expect([file, report.breaches ?? []]).toEqual([file, []]);
  }
});
