/** The kit finds fault: what is false in one thing fails the cases about it, and none of those beside them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Result } from '../../../packages/conformance/src/harness/run-cases';
import { runtimeCases } from '../../../packages/conformance/src/runtime/cases';
import { judgeRuntime } from '../../../packages/conformance/src/runtime/judge-runtime';
import { serverCases } from '../../../packages/conformance/src/server/cases';
import { judgeServer } from '../../../packages/conformance/src/server/judge-server';
import { type Relay, registrationToken, startRelay } from '../../support/relay';
import { buildPackages } from '../../support/stack/built-packages';

const falsifier = join(__dirname, 'falsifier.mjs');
const honest = `node ${join(__dirname, '..', '..', '..', 'examples', 'runtime.mjs')}`;
const children: ChildProcess[] = [];
let relay: Relay;
beforeAll(async () => {
  buildPackages();
  relay = await startRelay();
}, 60_000);
afterAll(async () => {
  for (const child of children) child.kill();
  await relay.stop();
});

/** Each fault, with the cases of the sample that it fails. */
const servers: Record<string, string[]> = {
  'answers without ids': ['relay-request-id', 'relay-problem', 'calls-timed-out'],
  'answers that caches keep': ['relay-no-store'],
  'health of something else': ['relay-health', 'relay-front-page'],
  'codes in small letters': ['pairing-access-code-shape', 'pairing-alphabet'],
  'results that are lost': ['calls-answer', 'calls-params'],
  'problems without a retry': ['relay-retry-word', 'calls-offline', 'calls-timed-out'],
  'problems without a limit': ['relay-error-too-large'],
  'problems of another type': ['relay-problem'],
  'refusals that tell tokens apart': ['pairing-one-answer-for-tokens'],
  'closes without a word': ['relay-closing-rotated', 'relay-closing-removed', 'relay-closing-event-first'],
  'hello without limits': ['relay-hello'],
  'errors of one kind': ['relay-frame-unknown-method'],
};
const runtimes: Record<string, string[]> = {
  'replies of another result': [
    'commands-echo-text',
    'commands-echo-null',
    'commands-many-at-once',
    'commands-error-of-method',
  ],
  'steps that begin at one': ['commands-progress-order', 'commands-progress-of-each'],
  'steps that come twice': ['commands-progress-form', 'commands-progress-order', 'commands-progress-of-each'],
  'errors without a code': ['commands-error-form', 'commands-error-of-method'],
  'hello that is said twice': ['connection-hello-once'],
  'frames that are binary': ['commands-text-frames'],
  'a deaf ear for cancel': ['commands-cancel'],
};
/** All that any of a table fails: each is run against each liar. */
const sampleOf = (table: Record<string, string[]>) => new Set(Object.values(table).flat());
const failed = (results: Result[]) =>
  results
    .filter(({ outcome }) => outcome === 'failed')
    .map(({ id }) => id)
    .sort();

const sorted = (table: Record<string, string[]>) =>
  Object.fromEntries(Object.entries(table).map(([fault, ids]) => [fault, [...ids].sort()]));

test('a server that is false in one thing fails the cases about it, and no other of the sample', async () => {
  const cases = serverCases.filter(({ id }) => sampleOf(servers).has(id));
  const judged = Object.keys(servers).map(async (fault) => {
    const liar = spawn(process.execPath, [falsifier, fault, relay.url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(liar);
    const [url] = await once(liar.stdout!, 'data');
    const address = { url: String(url).trim(), token: registrationToken };
    return [fault, failed(await judgeServer(address, cases, { atATime: 4, caseMs: 90_000 }))];
  });
  expect(Object.fromEntries(await Promise.all(judged))).toEqual(sorted(servers));
}, 240_000);

test('a runtime that is false in one thing fails the cases about it, and no other of the sample', async () => {
  const cases = runtimeCases.filter(({ id }) => sampleOf(runtimes).has(id));
  const judged = Object.keys(runtimes).map(async (fault) => {
    const command = `node ${falsifier} '${fault}' - ${honest}`;
    return [fault, failed(await judgeRuntime(command, cases, { atATime: 16, caseMs: 90_000 }))];
  });
  expect(Object.fromEntries(await Promise.all(judged))).toEqual(sorted(runtimes));
}, 240_000);
