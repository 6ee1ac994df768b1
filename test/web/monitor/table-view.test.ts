import { NO_FILTER } from '../../../web/monitor/model/event-filter';
import { EventRing } from '../../../web/monitor/model/event-ring';
import { TableView } from '../../../web/monitor/model/table-view';
import { monitorEvent } from '../../support/monitor/monitor-events';

function viewOf(capacity: number) {
  const ring = new EventRing(capacity);
  const view = new TableView(ring);
  const add = (type: string, atMs: number) => view.take(ring.add([monitorEvent(type, atMs)]));
  const types = () => view.rows().map(({ type }) => type);
  return { view, add, types };
}

test('a held table stands still and counts what waits', () => {
  const { view, add, types } = viewOf(10);
  add('a', 1);
  view.hold('paused');
  add('b', 2);
  expect(types()).toEqual(['a']);
  expect(view.waiting()).toBe(1);
  view.release('paused');
  expect(types()).toEqual(['b', 'a']);
  expect(view.waiting()).toBe(0);
});

test('a held table keeps what the ring forgets', () => {
  const { view, add, types } = viewOf(2);
  add('a', 1);
  view.hold('paused');
  for (let atMs = 2; atMs < 9; atMs += 1) add('later', atMs);
  expect(types()).toEqual(['a']);
});

test('older events join a held table, newer ones wait', () => {
  const { view, add, types } = viewOf(10);
  add('b', 5);
  view.hold('reading');
  add('a', 1);
  add('c', 9);
  expect(types()).toEqual(['b', 'a']);
});

test('a table that is both paused and read moves only when both have ended', () => {
  const { view, add, types } = viewOf(10);
  view.hold('paused');
  view.hold('reading');
  add('a', 1);
  view.release('paused');
  expect(types()).toEqual([]);
  view.release('reading');
  expect(types()).toEqual(['a']);
});

test('only matching events are shown and waited for', () => {
  const { view, add, types } = viewOf(10);
  add('a', 1);
  view.filter = { ...NO_FILTER, type: 'b' };
  view.hold('paused');
  add('a', 2);
  add('b', 3);
  expect(types()).toEqual([]);
  expect(view.waiting()).toBe(1);
});
