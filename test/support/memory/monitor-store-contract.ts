/** What the monitor's stores promise, whatever they are made of. */
import { batchIds, type EventBatch, makeBatch } from '../../../lambdas/core/monitor/event-batch';
import type { Watcher } from '../../../lambdas/core/monitor/ports';
import type { MonitorStores } from './memory-monitor';

const t0 = 1_800_000_000_000;
const nextId = batchIds((count) => new Uint8Array(count).map(() => Math.floor(Math.random() * 256)));

const batchAt = (atMs: number, gatewayId: string, events = 1): EventBatch =>
  makeBatch(
    nextId(atMs),
    Array.from({ length: events }, () => ({ type: 'relay.rpc.request' as const, atMs, gatewayId })),
  );

/** Runs the contract over the stores that `make` gives. */
export function describeMonitorStores(name: string, make: () => Promise<MonitorStores>): void {
  describe(`the monitor's stores: ${name}`, () => {
    let stores: MonitorStores;
    beforeAll(async () => {
      stores = await make();
    });

    /** The shard in which a batch is found. */
    async function shardOf({ batchId }: EventBatch): Promise<string> {
      for (const shard of stores.events.shards) {
        const range = { from: batchId, below: `${batchId}0`, order: 'oldest-first', limit: 1 } as const;
        if ((await stores.events.read(shard, range, t0)).batches.length > 0) return shard;
      }
      throw new Error('The batch is in no shard.');
    }

    test('a batch is read back as it was added, and adding it again changes nothing', async () => {
      const batch = batchAt(t0, 'gw_AAAAAAAAAAAAAAAA', 3);
      await stores.events.append(batch);
      await stores.events.append(batch);
      const range = { from: batch.batchId, order: 'oldest-first', limit: 10 } as const;
      const { batches, more } = await stores.events.read(await shardOf(batch), range, t0);
      expect(batches).toEqual([batch]);
      expect(more).toBe(false);
    });
    test("a gateway's batches lie in one shard, in the order of their ids, both ways", async () => {
      const added = Array.from({ length: 5 }, (_, n) => batchAt(t0 + 1_000 + n, 'gw_BBBBBBBBBBBBBBBB'));
      for (const batch of [...added].reverse()) await stores.events.append(batch);
      const shard = await shardOf(added[0]!);
      const range = { from: added[0]!.batchId, below: `${added[4]!.batchId}0`, limit: 10 };
      const read = async (order: 'newest-first' | 'oldest-first') =>
        (await stores.events.read(shard, { ...range, order }, t0)).batches;
      expect(await read('oldest-first')).toEqual(added);
      expect(await read('newest-first')).toEqual([...added].reverse());
    });
    test('a range includes its lowest id and not the one that it is below', async () => {
      const added = Array.from({ length: 3 }, (_, n) => batchAt(t0 + 2_000 + n, 'gw_CCCCCCCCCCCCCCCC'));
      for (const batch of added) await stores.events.append(batch);
      const shard = await shardOf(added[0]!);
      const [from, below] = [added[0]!.batchId, added[2]!.batchId];
      const range = { from, below, order: 'oldest-first', limit: 10 } as const;
      expect((await stores.events.read(shard, range, t0)).batches).toEqual(added.slice(0, 2));
      expect((await stores.events.read(shard, { ...range, from: below }, t0)).batches).toEqual([]);
    });
    test('what does not fit under the limit is said to be there', async () => {
      const added = Array.from({ length: 3 }, (_, n) => batchAt(t0 + 3_000 + n, 'gw_DDDDDDDDDDDDDDDD'));
      for (const batch of added) await stores.events.append(batch);
      const shard = await shardOf(added[0]!);
      const range = { from: added[0]!.batchId, order: 'oldest-first', limit: 2 } as const;
      const { batches, more } = await stores.events.read(shard, range, t0);
      expect([batches, more]).toEqual([added.slice(0, 2), true]);
    });
    test('a ticket is taken once, of any number of simultaneous takers', async () => {
      await stores.tickets.put('ticket-1', t0 + 60_000, 'hash-of-the-token');
      const takers = Array.from({ length: 10 }, () => stores.tickets.take('ticket-1', t0));
      const outcomes = await Promise.all(takers);
      expect(outcomes.filter((outcome) => outcome !== 'dead')).toEqual([{ tokenHash: 'hash-of-the-token' }]);
    });
    test('a ticket past its time is dead, and so is one that never was', async () => {
      await stores.tickets.put('ticket-2', t0 + 60_000);
      expect(await stores.tickets.take('ticket-2', t0 + 60_000)).toBe('dead');
      expect(await stores.tickets.take('ticket-3', t0)).toBe('dead');
      await stores.tickets.put('ticket-4', t0 + 60_000);
      expect(await stores.tickets.take('ticket-4', t0)).toEqual({});
    });
    const watcher = (id: string, untilMs = t0 + 100_000): Watcher => ({ kind: 'viewer', id, untilMs });
    test('watchers are listed until they leave or their time is over', async () => {
      const watching = [
        { ...watcher('v1'), tokenHash: 'hash' },
        watcher('v2'),
        watcher('v3', t0 + 1_000),
        { ...watcher('s1'), kind: 'stream' as const },
      ];
      for (const each of watching) expect(await stores.watchers.enter(each, t0)).toBe('entered');
      const byId = (a: Watcher, b: Watcher) => a.id.localeCompare(b.id);
      expect((await stores.watchers.list(t0)).sort(byId)).toEqual([...watching].sort(byId));
      await stores.watchers.leave(watching[0]!);
      await stores.watchers.leave(watcher('nobody'));
      expect((await stores.watchers.list(t0 + 1_000)).map(({ id }) => id).sort()).toEqual(['s1', 'v2']);
      for (const each of watching) await stores.watchers.leave(each);
    });
    test('of simultaneous watchers twenty get a place, and one that is free again is taken', async () => {
      const many = Array.from({ length: 25 }, (_, n) => watcher(`many-${n}`));
      const outcomes = await Promise.all(many.map((each) => stores.watchers.enter(each, t0)));
      expect(outcomes.filter((outcome) => outcome === 'entered')).toHaveLength(20);
      const [inside, late] = [many[outcomes.indexOf('entered')]!, many[outcomes.indexOf('full')]!];
      expect(await stores.watchers.enter(inside, t0)).toBe('entered');
      expect(await stores.watchers.enter(late, t0)).toBe('full');
      await stores.watchers.leave(inside);
      expect(await stores.watchers.enter(late, t0)).toBe('entered');
      for (const each of many) await stores.watchers.leave(each);
    });
    test('the place of a watcher that never left is free when its time is over', async () => {
      for (let n = 0; n < 20; n++) await stores.watchers.enter(watcher(`dead-${n}`, t0 + 1_000), t0);
      expect(await stores.watchers.enter(watcher('next'), t0 + 999)).toBe('full');
      expect(await stores.watchers.enter(watcher('next'), t0 + 1_000)).toBe('entered');
      expect((await stores.watchers.list(t0 + 1_000)).map(({ id }) => id)).toEqual(['next']);
      await stores.watchers.leave(watcher('next'));
    });
  });
}
