/** The kit judges runtimes: the project's own hold every sentence, and each that is wrong in one thing fails the cases about it. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Case } from '../../../packages/conformance/src/harness/case';
import type { RunOptions } from '../../../packages/conformance/src/harness/run-cases';
import { runtimeCases } from '../../../packages/conformance/src/runtime/cases';
import { judgeRuntime } from '../../../packages/conformance/src/runtime/judge-runtime';
import type { RuntimeWorld } from '../../../packages/conformance/src/runtime/world';
import { buildPackages } from '../../support/stack/built-packages';
import { hostRuntimes } from './wrong/hosted-runtimes';
import { runtimeSample, wrongRuntimes } from './wrong/runtime-table';
import { neverFailed, unmet } from './wrong/unmet';

const root = join(__dirname, '..', '..', '..');
const agenttown = `node ${join(root, 'packages', 'connector', 'dist', 'agenttown.js')}`;
const agent = `--exec "node ${join(__dirname, 'line-agent.mjs')}"`;
const hasPython = spawnSync('/usr/bin/python3', ['-c', 'import websockets']).status === 0;
const runtimes: Array<[string, string]> = [
  ['the library, as the example uses it', `node ${join(root, 'examples', 'runtime.mjs')}`],
  ['the connector', `${agenttown} relay-pair ${agent} && exec ${agenttown} relay --allow-all`],
];
if (hasPython)
  runtimes.push(['a runtime in Python', `/usr/bin/python3 ${join(root, 'examples', 'runtime.py')}`]);
else console.warn('examples/runtime.py is not judged here: this machine has no python3-websockets.');

let honest: Promise<Array<{ name: string; broken: unknown[] }>>;
beforeAll(() => {
  buildPackages();
  // Most of a run is waiting, so they run side by side.
  honest = Promise.all(
    runtimes.map(async ([name, command]) => {
      const results = await judgeRuntime(command, runtimeCases, { caseMs: 120_000 });
      return { name, broken: results.filter(({ outcome }) => outcome !== 'passed') };
    }),
  );
}, 60_000);

test('a runtime that is wrong in one thing fails the cases about it, and no other of the sample', async () => {
  const host = hostRuntimes();
  const judges = Object.keys(wrongRuntimes).map((fault) => {
    // What ends by a case is not there for the others: those that are to hold get a runtime of their own.
    const judge = async (cases: ReadonlyArray<Case<RuntimeWorld>>, options: RunOptions) => {
      const listed = ({ id }: { id: string }) => wrongRuntimes[fault]!.includes(id);
      const halves = [cases.filter(listed), cases.filter((each) => !listed(each))];
      const judged = halves.map((some) =>
        judgeRuntime(host.launch(fault), some, { atATime: 12, ...options }),
      );
      return (await Promise.all(judged)).flat();
    };
    return [fault, judge] as const;
  });
  try {
    expect(await unmet(judges, runtimeCases, wrongRuntimes, runtimeSample)).toEqual([]);
  } finally {
    host.stop();
  }
}, 240_000);

test('each case of a runtime is failed by a wrong one', () => {
  expect(neverFailed(runtimeCases, wrongRuntimes)).toEqual([]);
});

test('every runtime of the project holds every sentence that is for runtimes', async () => {
  expect(await honest).toEqual(runtimes.map(([name]) => ({ name, broken: [] })));
}, 240_000);
