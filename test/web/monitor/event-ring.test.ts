import { EventRing } from '../../../web/monitor/model/event-ring';
import { monitorEvent } from '../../support/monitor/monitor-events';

const eventsAt = (...timesMs: number[]) => timesMs.map((atMs) => monitorEvent('relay.rpc.request', atMs));
const idsOf = (ring: EventRing) => ring.newestFirst().map(({ id }) => id);

test('events come back newest first, however they arrived', () => {
  const ring = new EventRing(10);
  const [a, b, c] = eventsAt(1000, 2000, 3000);
  ring.add([c!, a!]);
  ring.add([b!]);
  expect(ring.newestFirst()).toEqual([c, b, a]);
  expect(ring.oldest).toBe(a);
  expect(ring.newest).toBe(c);
});

test('an event is taken once, whether it comes again in the same batch or in a later one', () => {
  const ring = new EventRing(10);
  const [a, b] = eventsAt(1000, 2000);
  expect(ring.add([a!, a!])).toEqual([a]);
  expect(ring.add([a!, b!])).toEqual([b]);
  expect(ring.size).toBe(2);
});

test('a full ring forgets its oldest, round after round', () => {
  const ring = new EventRing(3);
  const events = eventsAt(1, 2, 3, 4, 5, 6, 7, 8);
  for (const event of events) ring.add([event]);
  expect(ring.newestFirst()).toEqual(events.slice(-3).reverse());
});

test('a full ring takes late events into their place and does not report those it has no room for', () => {
  const ring = new EventRing(3);
  const [tooOld, a, late, b, c] = eventsAt(1, 2, 3, 4, 5);
  ring.add([a!, b!, c!]);
  expect(ring.add([tooOld!, late!])).toEqual([late]);
  expect(ring.newestFirst()).toEqual([c, b, late]);
});

test('ids stay unique and in order under any mix of batches', () => {
  const ring = new EventRing(50);
  const events = eventsAt(...Array.from({ length: 200 }, (_, index) => (index * 7919) % 1000));
  for (let start = 0; start < events.length; start += 7) ring.add(events.slice(start, start + 9));
  const ids = idsOf(ring);
  expect(ids).toEqual([...new Set(ids)].sort().reverse());
  expect(ids).toHaveLength(50);
});
