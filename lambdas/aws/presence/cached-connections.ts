/** Whose a socket is never changes, so a function that serves many frames of one socket reads its row once a while. */
import type { Connection, ConnectionStore } from '../../core/presence/ports';
import { ShortMemory } from '../../core/wire/short-memory';

const keptMs = 60_000;
const maxKept = 2_000;

/** The store with its reads remembered for a minute; what is removed through it is forgotten at once. */
export function cachedConnections(store: ConnectionStore): ConnectionStore {
  const kept = new ShortMemory<Connection>(keptMs, maxKept);
  return {
    ...store,
    async put(connection) {
      await store.put(connection);
      kept.set(connection.connectionId, connection, connection.connectedAtMs);
    },
    known: (connectionId, nowMs) => kept.get(connectionId, nowMs),
    async read(connectionId, nowMs) {
      const known = kept.get(connectionId, nowMs);
      if (known) return known;
      const connection = await store.read(connectionId, nowMs);
      return connection && kept.set(connectionId, connection, nowMs);
    },
    async remove(connectionId) {
      kept.delete(connectionId);
      await store.remove(connectionId);
    },
  };
}
