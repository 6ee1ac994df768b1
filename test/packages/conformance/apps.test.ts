/** The kit judges Apps: the library holds every sentence, and each App that is wrong in one thing fails the cases about it. */
import { join } from 'node:path';
import { commandOf, type Launch } from '../../../packages/conformance/src/app/app-under-test';
import { appCases } from '../../../packages/conformance/src/app/cases';
import { judgeApp } from '../../../packages/conformance/src/app/judge-app';
import type { RunOptions } from '../../../packages/conformance/src/harness/run-cases';
import { buildPackages } from '../../support/stack/built-packages';
import { appSample, wrongApps } from './wrong/app-table';
import { hostApps } from './wrong/hosted-apps';
import { neverFailed, unmet } from './wrong/unmet';

const driver = join(__dirname, '..', '..', '..', 'examples', 'app-under-test.mjs');

let honest: ReturnType<typeof judgeApp>;
beforeAll(() => {
  buildPackages();
  // Most of it is waiting, so it runs beside the other.
  honest = judgeApp(commandOf(`exec node ${driver}`), appCases, { atATime: 16, caseMs: 120_000 });
}, 60_000);

test('an App that is wrong in one thing fails the cases about it, and no other of the sample', async () => {
  // One of them stops what the others need of their process: chance.
  const [host, own] = [hostApps(), hostApps()];
  const judged = (launch: Launch) => (cases: typeof appCases, options: RunOptions) =>
    judgeApp(launch, cases, { atATime: 12, ...options });
  try {
    const judges = Object.keys(wrongApps).map(
      (fault) => [fault, judged((fault === 'no jitter' ? own : host).launch(fault))] as const,
    );
    expect(await unmet(judges, appCases, wrongApps, appSample)).toEqual([]);
  } finally {
    host.stop();
    own.stop();
  }
}, 240_000);

test('each case of an App is failed by a wrong one', () => {
  expect(neverFailed(appCases, wrongApps)).toEqual([]);
});

test('the library holds every sentence that is for Apps', async () => {
  const results = await honest;
  expect(results.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
}, 240_000);
