/** Whose a socket is never changes, so a function that serves many frames of one socket reads its row once a while. */
import type { Connection, ConnectionStore } from '../../core/presence/ports';

const keptMs = 60_000;
const maxKept = 2_000;

/** The store with its reads remembered for a minute; what is removed through it is forgotten at once. */
export function cachedConnections(store: ConnectionStore): ConnectionStore {
  const kept = new Map<string, { connection: Connection; untilMs: number }>();
  return {
    ...store,
    async read(connectionId, nowMs) {
      const known = kept.get(connectionId);
      if (known && nowMs < known.untilMs) return known.connection;
      const connection = await store.read(connectionId, nowMs);
      if (kept.size >= maxKept) kept.clear();
      if (connection) kept.set(connectionId, { connection, untilMs: nowMs + keptMs });
      return connection;
    },
    async remove(connectionId) {
      kept.delete(connectionId);
      await store.remove(connectionId);
    },
  };
}
