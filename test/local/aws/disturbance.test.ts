import { faults, latency, strike, together } from '../../../local/aws/disturbance';

const call = { caller: 'Fn', service: 'dynamodb', operation: 'PutItem' };
const delays = (seed: number) => {
  const disturb = latency({ dynamodb: { p50Ms: 5, p99Ms: 20 } }, seed);
  return Array.from({ length: 4_000 }, () => disturb(call)?.[0]).map((d) =>
    d?.kind === 'delay' ? d.ms : Number.NaN,
  );
};

test('delays have the median and the 99th percentile of their model', () => {
  const sorted = delays(7).sort((a, b) => a - b);
  expect(sorted[2_000]).toBeGreaterThan(4.5);
  expect(sorted[2_000]).toBeLessThan(5.5);
  expect(sorted[3_960]).toBeGreaterThan(16);
  expect(sorted[3_960]).toBeLessThan(25);
});

test('the same seed disturbs alike, another one does not', () => {
  expect(delays(1)).toEqual(delays(1));
  expect(delays(1)).not.toEqual(delays(2));
});

test('a model of an operation goes before that of its service, and others pass', () => {
  const disturb = latency({ dynamodb: { p50Ms: 5, p99Ms: 5 }, 'dynamodb.PutItem': { p50Ms: 9, p99Ms: 9 } });
  expect(disturb(call)).toEqual([{ kind: 'delay', ms: 9 }]);
  expect(disturb({ ...call, service: 'sqs' })).toBeUndefined();
});

test('faults strike their share of the calls they are meant for', () => {
  const disturb = faults({ rate: 0.25, calls: ['dynamodb'], code: 'ThrottlingException', status: 400 });
  const struck = Array.from({ length: 2_000 }, () => disturb(call)).filter(Boolean);
  expect(struck.length / 2_000).toBeCloseTo(0.25, 1);
  expect(struck[0]).toEqual([
    { kind: 'error', status: 400, code: 'ThrottlingException', afterEffect: false },
  ]);
  expect(disturb({ ...call, service: 'sqs' })).toBeUndefined();
});

test('disturbances add up in order', () => {
  const both = together(latency({ dynamodb: { p50Ms: 1, p99Ms: 1 } }), faults({ rate: 1 }));
  expect(both(call)?.map(({ kind }) => kind)).toEqual(['delay', 'error']);
});

test('a connection that died is reset where it was used before, and no service sees the call', async () => {
  expect(await strike([{ kind: 'reset' }], 'used')).toEqual({ isCarriedOut: false, unanswered: 'reset' });
  expect(await strike([{ kind: 'reset' }], 'new')).toEqual({ isCarriedOut: true });
});

test('a connection that hangs is one that was used before; the call is carried out where that is said', async () => {
  expect(await strike([{ kind: 'hang' }], 'used')).toEqual({ isCarriedOut: false, unanswered: 'hang' });
  expect(await strike([{ kind: 'hang', afterEffect: true }], 'used')).toEqual({
    isCarriedOut: true,
    unanswered: 'hang',
  });
  expect(await strike([{ kind: 'hang' }], 'new')).toEqual({ isCarriedOut: true });
});
