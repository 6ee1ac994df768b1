/** The kit judges runtimes: the library (by the example that is made of it), the connector, and one in another language. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { runtimeCases } from '../../../packages/conformance/src/runtime/cases';
import { judgeRuntime } from '../../../packages/conformance/src/runtime/judge-runtime';
import { buildPackages } from '../../support/stack/built-packages';

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

beforeAll(buildPackages, 60_000);

// Most of a run is waiting, so they run side by side.
test('every runtime of the project holds every sentence that is for runtimes', async () => {
  const found = await Promise.all(
    runtimes.map(async ([name, command]) => {
      const results = await judgeRuntime(command, runtimeCases, { caseMs: 90_000 });
      return { name, broken: results.filter(({ outcome }) => outcome !== 'passed') };
    }),
  );
  expect(found).toEqual(runtimes.map(([name]) => ({ name, broken: [] })));
}, 240_000);
