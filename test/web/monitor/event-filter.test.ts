import { CallBook } from '../../../web/monitor/model/call-book';
import {
  compileCallFilter,
  compileFilter,
  countFilters,
  type EventFilter,
  NO_FILTER,
} from '../../../web/monitor/model/event-filter';
import { readMonitorEvent } from '../../../web/monitor/model/monitor-event';
import { outcomeOf, toneOfEvent } from '../../../web/monitor/model/outcome';
import { callEvents, monitorEvent } from '../../support/monitor/monitor-events';

const events = [
  ...callEvents('rpc_a', 1000, { gatewayId: 'gw_a', method: 'chat.send' }),
  ...callEvents('rpc_b', 2000, { gatewayId: 'gw_b', method: 'tools.invoke', outcome: 'timed-out' }),
  monitorEvent('relay.websocket.connected', 3000, { gatewayId: 'gw_a' }),
];
/** What the page knows of gateways beside each event. */
const namesOf = (gatewayId: string | undefined) =>
  gatewayId === 'gw_b' ? { displayName: 'Studio', runtimeType: 'hermes' } : undefined;
const typesUnder = (filter: Partial<EventFilter>) =>
  events.filter(compileFilter({ ...NO_FILTER, ...filter }, namesOf)).map(({ type }) => type);

test('no filter lets everything through', () => {
  expect(typesUnder({})).toHaveLength(events.length);
  expect(countFilters(NO_FILTER)).toBe(0);
});

test('a type is matched whole, a family by its beginning', () => {
  expect(typesUnder({ type: 'relay.rpc.timeout' })).toEqual(['relay.rpc.timeout']);
  expect(new Set(typesUnder({ type: 'relay.websocket.*' }))).toEqual(
    new Set(['relay.websocket.message', 'relay.websocket.connected']),
  );
});

test('parts of a filter narrow each other', () => {
  expect(typesUnder({ gateway: 'gw_b', outcome: 'timed-out' })).toEqual(['relay.rpc.timeout']);
  expect(typesUnder({ gateway: 'gw_a', outcome: 'timed-out' })).toEqual([]);
});

test('text finds every word anywhere in the event, in any case', () => {
  expect(typesUnder({ text: 'TOOLS timed-out' })).toEqual(['relay.rpc.timeout']);
  expect(typesUnder({ text: 'rpc_a' })).toHaveLength(4);
});

test('a gateway is found by its name and its kind, also where the event names neither', () => {
  expect(typesUnder({ text: 'studio timed-out' })).toEqual(['relay.rpc.timeout']);
  expect(typesUnder({ gateway: 'kind:hermes' })).toHaveLength(3);
  expect(typesUnder({ gateway: 'kind:openclaw' })).toEqual([]);
});

test('calls are narrowed by the same filter, and those without an end are running', () => {
  const book = new CallBook(10);
  for (const event of [...events, ...callEvents('rpc_c', 4000).slice(0, 2)]) book.add(event);
  const idsUnder = (filter: Partial<EventFilter>) =>
    book.newestFirst(compileCallFilter({ ...NO_FILTER, ...filter }, namesOf)).map(({ id }) => id);
  expect(idsUnder({ outcome: 'running' })).toEqual(['rpc_c']);
  expect(idsUnder({ outcome: 'timed-out' })).toEqual(['rpc_b']);
  expect(idsUnder({ gateway: 'kind:hermes' })).toEqual(['rpc_b']);
  expect(idsUnder({ text: 'chat' })).toEqual(['rpc_c', 'rpc_a']);
});

test("an outcome that the event does not name is read from a call's type", () => {
  expect(outcomeOf(monitorEvent('relay.rpc.offline', 0))).toBe('offline');
  expect(outcomeOf(monitorEvent('relay.rpc.error', 0, { outcome: 'too-large' }))).toBe('too-large');
  expect(outcomeOf(monitorEvent('relay.websocket.disconnected', 0))).toBe('');
  expect(outcomeOf(monitorEvent('pairing.register.denied', 0))).toBe('denied');
});

test('a socket that closes is not coloured as a fault', () => {
  expect(toneOfEvent(monitorEvent('relay.websocket.disconnected', 0))).toBe('quiet');
  expect(toneOfEvent(monitorEvent('relay.rpc.disconnected', 0))).toBe('warn');
});

test('what is not an event is not read as one, and unknown members are dropped', () => {
  for (const value of [
    null,
    7,
    'x',
    {},
    { id: 'a', type: 'b' },
    { id: 1, type: 'b', time: 'c' },
    { id: 'a', type: 'b', time: 'c' },
  ]) {
    expect(readMonitorEvent(value)).toBeUndefined();
  }
  const event = { id: 'a', type: 'b', time: '2026-01-01T00:00:00.000Z', status: 200, method: 'm' };
  expect(readMonitorEvent({ ...event, params: 'secret', detail: 5 })).toEqual(event);
});
