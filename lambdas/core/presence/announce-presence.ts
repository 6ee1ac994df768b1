/** Tells a gateway's Apps, on their sockets, when its runtime comes and goes. */

import type { ClientStore } from '../pairing/ports';
import { eventFrame } from '../wire/frames';
import type { Sockets } from './ports';

/** What announcing needs. */
export interface AnnouncingWorld {
  clients: Pick<ClientStore, 'list'>;
  sockets: Pick<Sockets, 'post'>;
}

/** Posts a `relay.presence` event to each socket of a gateway's Apps. A socket that is gone misses nothing. */
export async function announcePresence(
  { clients, sockets }: AnnouncingWorld,
  presence: { gatewayId: string; connected: boolean; atMs: number },
): Promise<void> {
  const { gatewayId, connected, atMs } = presence;
  const frame = eventFrame('relay.presence', { gatewayId, connected, time: new Date(atMs).toISOString() });
  const apps = (await clients.list(gatewayId, atMs)).flatMap((client) => client.sockets);
  await Promise.all(apps.map(({ connectionId }) => sockets.post(connectionId, frame)));
}
