import { GatewayLedger } from '../../../web/monitor/model/gateway-ledger';
import type { MonitorEvent } from '../../../web/monitor/model/monitor-event';
import { callEvents, monitorEvent } from '../../support/monitor/monitor-events';

const GATEWAY = 'gw_a';
const socket = (what: string, atMs: number, rest: Partial<MonitorEvent> = {}) =>
  monitorEvent(`relay.websocket.${what}`, atMs, { gatewayId: GATEWAY, runtimeType: 'openclaw', ...rest });

function summaryOf(events: readonly MonitorEvent[]) {
  const ledger = new GatewayLedger();
  for (const event of events) ledger.add(event);
  return ledger.list()[0]!;
}

test('a gateway is connected since its socket opened', () => {
  expect(summaryOf([socket('connected', 1000), ...callEvents('a', 2000, { gatewayId: GATEWAY })])).toEqual({
    gatewayId: GATEWAY,
    runtimeType: 'openclaw',
    presence: 'connected',
    sinceMs: 1000,
    lastSeenMs: 2180,
    calls: 1,
    errors: 0,
  });
});

test('however many calls follow, it is known since when a gateway is connected', () => {
  const calls = Array.from({ length: 300 }, (_, index) =>
    callEvents(`rpc_${index}`, 2000 + index * 500, { gatewayId: GATEWAY }),
  ).flat();
  const events = [socket('connected', 1000), ...calls];
  expect(summaryOf(events)).toMatchObject({ presence: 'connected', sinceMs: 1000 });
  expect(summaryOf([...events].reverse())).toMatchObject({ presence: 'connected', sinceMs: 1000 });
});

test('a gateway is called what it called itself last', () => {
  const ledger = new GatewayLedger();
  ledger.add(socket('connected', 2000, { displayName: 'New name' }));
  ledger.add(socket('connected', 1000, { displayName: 'Old name' }));
  ledger.add(monitorEvent('relay.rpc.request', 3000, { gatewayId: GATEWAY }));
  expect(ledger.namesOf(GATEWAY)).toEqual({ displayName: 'New name', runtimeType: 'openclaw' });
});

test('a gateway whose socket closed is away, and was last seen then', () => {
  const summary = summaryOf([socket('connected', 1000), socket('disconnected', 3000)]);
  expect(summary).toMatchObject({ presence: 'away', sinceMs: 3000, lastSeenMs: 3000 });
});

test('a call that finds nobody does not count as having seen the runtime', () => {
  const call = callEvents('rpc_a', 9000, { gatewayId: GATEWAY, outcome: 'offline' });
  expect(summaryOf(call).lastSeenMs).toBeUndefined();
  const events = [socket('connected', 1000), socket('disconnected', 3000), ...call];
  expect(summaryOf(events)).toMatchObject({ presence: 'away', lastSeenMs: 3000 });
});

test('the late end of an old socket does not make a renewed gateway away', () => {
  const renewed = [socket('connected', 1000), socket('connected', 2000), socket('disconnected', 2500)];
  expect(summaryOf(renewed)).toMatchObject({ presence: 'connected', sinceMs: 1000 });
});

test('the end of an unseen old socket does not count when the new one replaced it', () => {
  const events = [socket('connected', 2000), socket('replaced', 2001), socket('disconnected', 2500)];
  expect(summaryOf(events).presence).toBe('connected');
});

test('the order in which events arrive does not matter', () => {
  const events = [socket('connected', 1000), socket('disconnected', 3000), socket('connected', 4000)];
  expect(summaryOf([...events].reverse())).toEqual(summaryOf(events));
});

test("an App's socket says nothing about the runtime", () => {
  expect(summaryOf([socket('connected', 1000, { clientId: 'client_a' })]).presence).toBe('unknown');
});

test('failed calls are errors, cancelled ones are not', () => {
  const outcomes = ['answered', 'runtime-error', 'timed-out', 'offline', 'cancelled'] as const;
  const events = outcomes.flatMap((outcome, index) =>
    callEvents(`rpc_${index}`, index * 1000, { gatewayId: GATEWAY, outcome }),
  );
  expect(summaryOf(events)).toMatchObject({ calls: 5, errors: 3 });
});

test('connected gateways come first, then the most recently seen', () => {
  const ledger = new GatewayLedger();
  ledger.add(monitorEvent('relay.register.created', 9000, { gatewayId: 'gw_new' }));
  ledger.add(monitorEvent('relay.register.created', 5000, { gatewayId: 'gw_old' }));
  ledger.add(socket('connected', 1000));
  expect(ledger.list().map(({ gatewayId }) => gatewayId)).toEqual([GATEWAY, 'gw_new', 'gw_old']);
});
