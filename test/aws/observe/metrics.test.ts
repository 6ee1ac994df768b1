import { env } from '../../../lambdas/aws/env';
import {
  disconnectReason,
  linesOf,
  type Measurement,
  measurementsOf,
} from '../../../lambdas/aws/observe/metrics';
import { eventTypes } from '../../../lambdas/core/monitor/monitor-events';

afterEach(() => {
  delete process.env[env.deployment];
});

test('a line is in the embedded format, told apart by deployment', () => {
  process.env[env.deployment] = 'Second';
  const [line] = linesOf(
    [{ name: 'Calls', unit: 'Count', value: 1, by: { Outcome: 'answered' } }],
    1_700_000_000_000,
  );
  expect(JSON.parse(line!)).toEqual({
    _aws: {
      Timestamp: 1_700_000_000_000,
      CloudWatchMetrics: [
        {
          Namespace: 'AgentTownPairing',
          Dimensions: [['Deployment', 'Outcome']],
          Metrics: [{ Name: 'Calls', Unit: 'Count' }],
        },
      ],
    },
    Deployment: 'Second',
    Outcome: 'answered',
    Calls: 1,
  });
  expect(line).not.toContain('\n');
});

test('what is measured together shares a line as far as a line can hold it', () => {
  const calls = (Outcome: string, value: number): Measurement => ({
    name: 'Calls',
    unit: 'Count',
    value,
    by: { Outcome },
  });
  const time = (value: number): Measurement => ({ name: 'CallTime', unit: 'Milliseconds', value });
  const lines = linesOf([calls('answered', 1), time(7), calls('offline', 1), time(9)], 1_700_000_000_000);
  const records = lines.map((line) => JSON.parse(line));
  expect(records.map(({ _aws, Deployment, ...values }) => values)).toEqual([
    { Outcome: 'answered', Calls: 1, CallTime: 7 },
    { Outcome: 'offline', Calls: 1, CallTime: 9 },
  ]);
  expect(records[0]._aws.CloudWatchMetrics).toEqual([
    {
      Namespace: 'AgentTownPairing',
      Dimensions: [['Deployment', 'Outcome']],
      Metrics: [{ Name: 'Calls', Unit: 'Count' }],
    },
    {
      Namespace: 'AgentTownPairing',
      Dimensions: [['Deployment']],
      Metrics: [{ Name: 'CallTime', Unit: 'Milliseconds' }],
    },
  ]);
});

test.each([
  ['relay.rpc.success', 'answered'],
  ['relay.rpc.error', 'runtime-error'],
  ['relay.rpc.error', 'too-large'],
  ['relay.rpc.timeout', 'timed-out'],
  ['relay.rpc.offline', 'offline'],
  ['relay.rpc.disconnected', 'disconnected'],
  ['relay.rpc.cancelled', 'cancelled'],
] as const)('the end %s of a call counts it as %s, with its time', (type, outcome) => {
  expect(measurementsOf({ type, outcome, durationMs: 7 })).toEqual([
    { name: 'Calls', unit: 'Count', value: 1, by: { Outcome: outcome } },
    { name: 'CallTime', unit: 'Milliseconds', value: 7 },
  ]);
});

test('what is no end of a call, redeem or handshake is not measured', () => {
  const measured = eventTypes.filter((type) => measurementsOf({ type }).length > 0);
  expect(
    measured.filter((type) => !/success|error|timeout|offline|disconnected|cancelled/.test(type)),
  ).toEqual([
    'relay.websocket.connected',
    'relay.websocket.denied',
    'relay.redeem.failed',
    'pairing.redeem.failed',
  ]);
  expect(measurementsOf({ type: 'relay.rpc.error', outcome: 'idempotency_conflict' })).toEqual([]);
  expect(measurementsOf({ type: 'relay.rpc.request' })).toEqual([]);
});

test.each([
  [1000, 'closed'],
  [1005, 'closed'],
  [1001, 'expired-or-away'],
  [1006, 'lost'],
  [1009, 'too-large'],
  [4000, 'other'],
  [undefined, 'lost'],
])('the close code %s is counted as %s', (code, reason) => {
  expect(disconnectReason(code)).toBe(reason);
});
