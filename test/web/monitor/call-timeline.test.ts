import { callTimeline } from '../../../web/monitor/model/call-timeline';
import { callEvents, monitorEvent } from '../../support/monitor/monitor-events';

test('a call is told from its request to its answer, with the time between', () => {
  const events = [...callEvents('rpc_b', 500), ...callEvents('rpc_a', 1000, { durationMs: 200 }).reverse()];
  const timeline = callTimeline(events, 'rpc_a');
  expect(
    timeline.steps.map(({ stage, offsetMs, sincePreviousMs }) => [stage, offsetMs, sincePreviousMs]),
  ).toEqual([
    ['request', 0, 0],
    ['command', 14, 14],
    ['message', 191, 177],
    ['answer', 200, 9],
  ]);
  expect(timeline).toMatchObject({ outcome: 'answered', totalMs: 200, missing: [] });
});

test('a call that runs has no outcome and misses its answer', () => {
  const timeline = callTimeline(callEvents('rpc_a', 1000).slice(0, 2), 'rpc_a');
  expect(timeline.outcome).toBeUndefined();
  expect(timeline.missing).toEqual(['answer']);
});

test('a call to an absent runtime needs no command', () => {
  expect(callTimeline(callEvents('rpc_a', 1000, { outcome: 'offline' }), 'rpc_a').missing).toEqual([]);
});

test('a request that was refused before it became a call ends with the code of its problem', () => {
  const request = monitorEvent('relay.rpc.request', 1000, { rpcId: 'rpc_a', outcome: 'joined' });
  const refusal = { rpcId: 'rpc_a', outcome: 'idempotency_conflict', status: 409 };
  const timeline = callTimeline([request, monitorEvent('relay.rpc.error', 1010, refusal)], 'rpc_a');
  expect(timeline.steps.map(({ stage }) => stage)).toEqual(['request', 'answer']);
  expect(timeline.outcome).toBe('idempotency_conflict');
});

test('stations that the page no longer has are named', () => {
  expect(callTimeline(callEvents('rpc_a', 1000).slice(3), 'rpc_a').missing).toEqual(['request', 'command']);
});
