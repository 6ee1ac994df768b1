/**
 * Following the events as they are written, in the order of their ids.
 *
 * Functions write side by side, so a batch may become readable after one with a higher id. An event is therefore given
 * out only when its id is `settleMs` old: by then whatever sorts before it has been written. A write that takes longer
 * still (DynamoDB throttles, a retry) is found by looking back, and given out late rather than never.
 */

import type { Clock } from '../wire/ports';
import { batchIdLength, timeOfId, timePrefix } from './event-batch';
import { byId } from './event-history';
import type { MonitorEvent } from './monitor-events';
import type { EventStore } from './ports';

/** What following needs. */
export interface FeedWorld {
  events: EventStore;
  clock: Clock;
}

/** One look. `late` events sort before what was given out already; `last` is the highest id given out. */
export interface FeedStep {
  events: MonitorEvent[];
  late: MonitorEvent[];
  last: string | undefined;
}

/** How old an id is before its event is given out: many times what a write takes. */
export const settleMs = 500;
/** How long the feed rests between two looks. With `settleMs` and the writing it stays under the promised 1.5 s. */
export const lookEveryMs = 250;
/** How often, and how far, the feed looks back for writes that took longer than `settleMs`. */
const lookBackEveryMs = 2_000;
const lookBackMs = 5_000;
const pageBatches = 100;
/** Sorts after every event of a batch. */
const afterBatch = 'zz';

/** Gives a step per look, without end, from after the event `after` on; without one, from now on. */
export async function* followEvents(world: FeedWorld, after: string | undefined): AsyncGenerator<FeedStep> {
  const { events: store, clock } = world;
  const start = after ?? timePrefix(clock.now());
  const given = new Set<string>();
  let position = start;
  let last = after;
  let lookedBackAtMs = clock.now();

  const readAll = (range: Parameters<EventStore['read']>[1]) =>
    Promise.all(store.shards.map((shard) => store.read(shard, range, clock.now())));
  const note = (found: MonitorEvent[]) => {
    for (const { id } of found) given.add(id.slice(0, batchIdLength));
    last = found.at(-1)?.id ?? last;
  };

  /** What lies between the position and the moment `settleMs` ago; whole, or as far as every shard was read. */
  const lookAhead = async () => {
    const settled = timePrefix(clock.now() - settleMs);
    const from = position.slice(0, batchIdLength);
    const pages = await readAll({ from, below: settled, order: 'oldest-first', limit: pageBatches });
    const ends = pages.flatMap(({ batches, more }) => (more ? (batches.at(-1)?.batchId ?? from) : []));
    const end = ends.sort()[0];
    const readTo = end === undefined ? undefined : end + afterBatch;
    const found = pages
      .flatMap(({ batches }) => batches.flatMap(({ events }) => events))
      .filter(({ id }) => id > position && (readTo === undefined || id < readTo))
      .sort(byId);
    position = readTo ?? later(settled, position);
    note(found);
    return { found, behind: readTo !== undefined };
  };

  const lookBack = async () => {
    lookedBackAtMs = clock.now();
    const horizon = timePrefix(timeOfId(position) - lookBackMs);
    for (const batchId of given) if (batchId < horizon) given.delete(batchId);
    const pages = await readAll({
      from: later(horizon, start),
      below: position,
      order: 'newest-first',
      limit: pageBatches,
    });
    const missed = pages.flatMap(({ batches }) => batches).filter(({ batchId }) => !given.has(batchId));
    const late = missed.flatMap(({ events }) => events).sort(byId);
    for (const { batchId } of missed) given.add(batchId);
    return late;
  };

  for (;;) {
    const { found, behind } = await lookAhead();
    const isTime = !behind && clock.now() - lookedBackAtMs >= lookBackEveryMs;
    const late = isTime ? await lookBack() : [];
    yield { events: found, late, last };
    if (!behind) await clock.sleep(lookEveryMs);
  }
}

function later(id: string, other: string): string {
  return [id, other].sort()[1]!;
}
