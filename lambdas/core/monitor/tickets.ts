/** Viewer tickets: a page that may see the monitor gets one, and it opens one socket, once, within a minute. */
import { claimOf, hashCredential, newTicket, type RandomBytes } from '../pairing/credentials';
import { unauthorized } from '../pairing/gateways';
import { limits } from '../wire/limits';
import type { TicketStore, ViewerStore } from './ports';

/** How long a ticket can be used. */
const ticketTtlMs = 60_000;

/** Issues a ticket; the only time that it is seen in clear. */
export async function issueTicket(
  tickets: TicketStore,
  random: RandomBytes,
  nowMs: number,
): Promise<{ ticket: string; expiresAt: string }> {
  const ticket = newTicket(random);
  const expiresAtMs = nowMs + ticketTtlMs;
  await tickets.put(hashCredential(ticket), expiresAtMs);
  return { ticket, expiresAt: new Date(expiresAtMs).toISOString() };
}

/** Lets the socket of a ticket's holder in and uses the ticket up. Throws `unauthorized` for any that is not live. */
export async function admitViewer(
  world: { tickets: TicketStore; viewers: ViewerStore },
  ticket: string | undefined,
  socket: { connectionId: string; connectedAtMs: number },
  nowMs: number,
): Promise<void> {
  if (claimOf(ticket)?.role !== 'viewer') throw unauthorized();
  if ((await world.tickets.take(hashCredential(ticket!), nowMs)) === 'dead') throw unauthorized();
  await world.viewers.add({ ...socket, expiresAtMs: socket.connectedAtMs + limits.maxConnectionMs });
}
