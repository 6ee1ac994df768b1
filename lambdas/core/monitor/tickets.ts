/** Viewer tickets: a page that may see the monitor gets one, and it opens one socket, once, within a minute. */
import { claimOf, hashCredential, newTicket, type RandomBytes } from '../pairing/credentials';
import { unauthorized } from '../pairing/gateways';
import type { OpenSocket } from '../pairing/ports';
import type { Connection, ConnectionStore } from '../presence/ports';
import { limits } from '../wire/limits';
import type { TicketStore, Watcher, WatcherStore } from './ports';
import { takePlace } from './watchers';

/** How long a ticket can be used. */
const ticketTtlMs = 60_000;

/** A ticket as its holder gets it; the only time that it is seen in clear. */
export interface IssuedTicket {
  ticket: string;
  expiresAt: string;
}

/** Issues a viewer's ticket. */
export async function issueTicket(
  { tickets, random }: { tickets: TicketStore; random: RandomBytes },
  tokenHash: string | undefined,
  nowMs: number,
): Promise<IssuedTicket> {
  return await keepTicket(tickets, newTicket(random), tokenHash, nowMs);
}

/** Keeps a ticket of any kind until it is used, beside the hash of the credential that it stands for. */
export async function keepTicket(
  tickets: TicketStore,
  ticket: string,
  tokenHash: string | undefined,
  nowMs: number,
): Promise<IssuedTicket> {
  const expiresAtMs = nowMs + ticketTtlMs;
  await tickets.put(hashCredential(ticket), expiresAtMs, tokenHash);
  return { ticket, expiresAt: new Date(expiresAtMs).toISOString() };
}

/** The watcher that a viewer's row in `Connections` stands for. */
export function watcherOf({ connectionId, credentialHash, connectedAtMs }: ViewerConnection): Watcher {
  const tokenHash = credentialHash === undefined ? {} : { tokenHash: credentialHash };
  const untilMs = connectedAtMs + limits.maxConnectionMs;
  return { kind: 'viewer', id: connectionId, untilMs, ...tokenHash };
}

type ViewerConnection = Pick<Connection, 'connectionId' | 'credentialHash' | 'connectedAtMs'>;

/** Stands where other sockets have their gateway; no gateway's id looks so. */
const noGateway = '#viewers';

/**
 * Lets the socket of a ticket's holder in and uses the ticket up. Throws `unauthorized` for any that is not live, and
 * `rate_limited` while as many watch as may.
 */
export async function admitViewer(
  world: { tickets: TicketStore; watchers: WatcherStore; connections: ConnectionStore },
  ticket: string | undefined,
  socket: OpenSocket,
  nowMs: number,
): Promise<void> {
  if (claimOf(ticket)?.role !== 'viewer') throw unauthorized();
  const taken = await world.tickets.take(hashCredential(ticket!), nowMs);
  if (taken === 'dead') throw unauthorized();
  const whose = taken.tokenHash === undefined ? {} : { credentialHash: taken.tokenHash };
  await takePlace(world.watchers, watcherOf({ ...socket, ...whose }), nowMs);
  const expiresAtMs = socket.connectedAtMs + limits.maxConnectionMs;
  await world.connections.put({ ...socket, role: 'viewer', gatewayId: noGateway, ...whose, expiresAtMs });
}

/** Forgets a viewer that has gone. */
export async function forgetViewer(
  world: { watchers: WatcherStore; connections: Pick<ConnectionStore, 'remove'> },
  watcher: Watcher,
): Promise<void> {
  await Promise.all([world.watchers.leave(watcher), world.connections.remove(watcher.id)]);
}
