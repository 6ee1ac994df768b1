/** The monitor's stores in memory. */
import type { EventBatch } from '../../../lambdas/core/monitor/event-batch';
import type { EventStore, TicketStore, Watcher, WatcherStore } from '../../../lambdas/core/monitor/ports';
import { limits } from '../../../lambdas/core/wire/limits';

/** The monitor's stores. */
export interface MonitorStores {
  events: EventStore;
  tickets: TicketStore;
  watchers: WatcherStore;
}

/** Fresh, empty stores. Events lie in two shards, each gateway's in one. */
export function memoryMonitor(): MonitorStores {
  const tickets = new Map<string, { expiresAtMs: number; tokenHash?: string }>();
  return {
    events: memoryEvents(),
    tickets: {
      async put(hash, expiresAtMs, tokenHash) {
        tickets.set(hash, { expiresAtMs, ...(tokenHash === undefined ? {} : { tokenHash }) });
      },
      async take(hash, nowMs) {
        const { expiresAtMs = 0, ...ticket } = tickets.get(hash) ?? {};
        tickets.delete(hash);
        return expiresAtMs > nowMs ? ticket : 'dead';
      },
    },
    watchers: memoryWatchers(),
  };
}

function memoryWatchers(): WatcherStore {
  const rows = new Map<string, Watcher>();
  const live = (nowMs: number) => [...rows.values()].filter(({ untilMs }) => untilMs > nowMs);
  return {
    async enter(watcher, nowMs) {
      const others = live(nowMs).filter(({ id }) => id !== watcher.id);
      if (others.length >= limits.maxWatchers) return 'full';
      rows.set(watcher.id, watcher);
      return 'entered';
    },
    async leave({ id }) {
      rows.delete(id);
    },
    list: async (nowMs) => live(nowMs),
  };
}

function memoryEvents(): EventStore {
  const shards = new Map<string, EventBatch[]>([
    ['a', []],
    ['b', []],
  ]);
  return {
    shards: [...shards.keys()],
    async append(batch) {
      const gateway = batch.events.find((event) => event.gatewayId)?.gatewayId ?? batch.batchId;
      const rows = shards.get(gateway.charCodeAt(gateway.length - 1) % 2 === 0 ? 'a' : 'b')!;
      if (rows.some((row) => row.batchId === batch.batchId)) return;
      rows.push(batch);
      rows.sort((one, other) => (one.batchId < other.batchId ? -1 : 1));
    },
    async read(shard, { from = '', below = '~', order, limit }) {
      const found = shards.get(shard)!.filter(({ batchId }) => batchId >= from && batchId < below);
      const ordered = order === 'oldest-first' ? found : found.reverse();
      return { batches: ordered.slice(0, limit), more: ordered.length > limit };
    },
  };
}
