/** The monitor's stores in memory. */
import type { EventBatch } from '../../../lambdas/core/monitor/event-batch';
import type { EventStore, TicketStore, ViewerStore } from '../../../lambdas/core/monitor/ports';

/** The monitor's stores. */
export interface MonitorStores {
  events: EventStore;
  tickets: TicketStore;
  viewers: ViewerStore;
}

/** Fresh, empty stores. Events lie in two shards, each gateway's in one. */
export function memoryMonitor(): MonitorStores {
  const tickets = new Map<string, number>();
  const viewers = new Map<string, number>();
  return {
    events: memoryEvents(),
    tickets: {
      async put(hash, expiresAtMs) {
        tickets.set(hash, expiresAtMs);
      },
      async take(hash, nowMs) {
        const expiresAtMs = tickets.get(hash) ?? 0;
        tickets.delete(hash);
        return expiresAtMs > nowMs ? 'taken' : 'dead';
      },
    },
    viewers: {
      async add({ connectionId, expiresAtMs }) {
        viewers.set(connectionId, expiresAtMs);
      },
      list: async (nowMs) => [...viewers].filter(([, expiresAtMs]) => expiresAtMs > nowMs).map(([id]) => id),
      async remove(connectionId) {
        viewers.delete(connectionId);
      },
    },
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
