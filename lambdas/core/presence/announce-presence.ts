/** Tells a gateway's Apps, on their sockets, when its runtime comes and goes. */

import { eventFrame } from '../wire/frames';
import type { Connection, Sockets } from './ports';

/** Posts a `relay.presence` event to each App among a gateway's connections. A socket that is gone misses nothing. */
export async function announcePresence(
  { sockets }: { sockets: Sockets },
  connections: Connection[],
  presence: { gatewayId: string; connected: boolean; atMs: number },
): Promise<void> {
  const { gatewayId, connected, atMs } = presence;
  const frame = eventFrame('relay.presence', { gatewayId, connected, time: new Date(atMs).toISOString() });
  const apps = connections.filter(({ role }) => role === 'client');
  await Promise.all(apps.map(({ connectionId }) => sockets.post(connectionId, frame)));
}
