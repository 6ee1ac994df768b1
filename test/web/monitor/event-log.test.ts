import { EventLog } from '../../../web/monitor/model/event-log';
import { monitorEvent } from '../../support/monitor/monitor-events';

const eventsAt = (...timesMs: number[]) => timesMs.map((atMs) => monitorEvent('relay.rpc.request', atMs));
const idsOf = (log: EventLog) => log.newestFirst().map(({ id }) => id);

test('events stand in the order of the time that they show, however late they were written', () => {
  const log = new EventLog(10);
  const [early, late] = eventsAt(1000, 2000);
  // An end that was found late: written after what happened after it.
  const offline = { ...early!, id: `${late!.id}-later`, type: 'relay.rpc.offline' };
  log.add([early!, late!]);
  log.add([offline]);
  expect(log.newestFirst()).toEqual([late, offline, early]);
});

test('events come back newest first, however they arrived', () => {
  const log = new EventLog(10);
  const [a, b, c] = eventsAt(1000, 2000, 3000);
  log.add([c!, a!]);
  log.add([b!]);
  expect(log.newestFirst()).toEqual([c, b, a]);
});

test('an event is taken once, whether it comes again in the same batch or in a later one', () => {
  const log = new EventLog(10);
  const [a, b] = eventsAt(1000, 2000);
  expect(log.add([a!, a!])).toEqual([a]);
  expect(log.add([a!, b!])).toEqual([b]);
  expect(log.size).toBe(2);
});

test('a full log forgets its oldest, round after round', () => {
  const log = new EventLog(3);
  const events = eventsAt(1, 2, 3, 4, 5, 6, 7, 8);
  for (const event of events) log.add([event]);
  expect(log.newestFirst()).toEqual(events.slice(-3).reverse());
});

test('a full log takes late events into their place and does not report those it has no room for', () => {
  const log = new EventLog(3);
  const [tooOld, a, late, b, c] = eventsAt(1, 2, 3, 4, 5);
  log.add([a!, b!, c!]);
  expect(log.add([tooOld!, late!])).toEqual([late]);
  expect(log.newestFirst()).toEqual([c, b, late]);
});

test('ids stay unique and in order under any mix of batches', () => {
  const log = new EventLog(50);
  const events = eventsAt(...Array.from({ length: 200 }, (_, index) => (index * 7919) % 1000));
  for (let start = 0; start < events.length; start += 7) log.add(events.slice(start, start + 9));
  const ids = idsOf(log);
  expect(ids).toEqual([...new Set(ids)].sort().reverse());
  expect(ids).toHaveLength(50);
});
