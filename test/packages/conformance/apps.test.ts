/** The kit judges Apps: the library holds every sentence, and each App that is wrong in one thing fails the cases about it. */
import { join } from 'node:path';
import { commandOf } from '../../../packages/conformance/src/app/app-under-test';
import { appCases } from '../../../packages/conformance/src/app/cases';
import { judgeApp } from '../../../packages/conformance/src/app/judge-app';
import { buildPackages } from '../../support/stack/built-packages';

const driver = join(__dirname, '..', '..', '..', 'examples', 'app-under-test.mjs');

beforeAll(buildPackages, 60_000);

test('the library holds every sentence that is for Apps', async () => {
  const results = await judgeApp(commandOf(`exec node ${driver}`), appCases, {
    atATime: 24,
    caseMs: 120_000,
  });
  expect(results.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
}, 240_000);
