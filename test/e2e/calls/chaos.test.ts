import type { Assembly } from '../../../local/types';
import { type ChaosReport, runChaos } from '../../support/chaos';
import { type Relay, startRelay } from '../../support/relay';

/** CHAOS_SEED=<n> repeats a run: its decisions are the seed's, its moments the machine's. SHOW_CHAOS=1 shows the summary. */
const seed = Number(process.env.CHAOS_SEED ?? 1);
const shape = {
  seed,
  runtimes: 10,
  apps: 20,
  callsPerApp: 100,
  lanes: 2,
  maxMs: 45_000,
  callsBetweenBlows: 20,
};

/** A guard that was received and not deleted comes again after five seconds, so that some do in this run. */
function comeAgainSoon({ template }: Assembly): void {
  const guard = Object.entries(template.Resources).find(
    ([name, { Type }]) => Type === 'AWS::Lambda::Function' && name.startsWith('Guard'),
  )!;
  guard[1].Properties!.Timeout = 5;
  template.Resources.GuardQueue!.Properties!.VisibilityTimeout = 5;
}

let relay: Relay;
let report: ChaosReport;
beforeAll(async () => {
  relay = await startRelay({ change: comeAgainSoon });
  report = await runChaos(relay, shape);
  const isSound = report.breaches.length === 0 && report.freshCalls.every((word) => word === 'answered');
  if (!isSound || process.env.SHOW_CHAOS) process.stderr.write(`${report.summary}\n`);
}, 120_000);
afterAll(() => relay.stop());

test('of 2,000 calls in chaos, half of them on sockets, each ends in a named outcome, none crosses, none runs twice, and all books agree', () => {
  expect(report.breaches).toEqual([]);
});

test('every call has its row, and every row its call', () => {
  expect(report.rows).toBe(report.calls);
  // A machine with other things to do makes fewer than all, but never so few that they would prove nothing.
  expect(report.calls).toBeGreaterThan(200);
});

test('the chaos does not stop the work', () => {
  expect(report.answered / report.calls).toBeGreaterThan(0.4);
});

test('after the chaos the first call of each runtime is answered', () => {
  expect(report.freshCalls).toEqual(Array.from({ length: shape.runtimes }, () => 'answered'));
});
