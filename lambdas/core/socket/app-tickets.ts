/** Tickets of Apps: a browser cannot give its token to a socket's handshake but in the URL, so it gives a ticket, good once. */
import type { TicketStore } from '../monitor/ports';
import { type IssuedTicket, keepTicket } from '../monitor/tickets';
import { claimOf, hashCredential, newClientTicket, type RandomBytes } from '../pairing/credentials';
import { unauthorized } from '../pairing/gateways';
import type { Client, ClientStore } from '../pairing/ports';

/** Issues a ticket for one socket of a client. */
export async function issueAppTicket(
  { tickets, random }: { tickets: TicketStore; random: RandomBytes },
  { gatewayId, clientId, tokenHash }: Client,
  nowMs: number,
): Promise<IssuedTicket> {
  const ticket = newClientTicket(gatewayId, clientId, random);
  return await keepTicket(tickets, ticket, tokenHash, nowMs);
}

/** The client that a ticket stands for, and the ticket is used up. Throws `unauthorized` when either is not live any more. */
export async function clientOfTicket(
  { tickets, clients }: { tickets: TicketStore; clients: ClientStore },
  ticket: string | undefined,
  nowMs: number,
): Promise<Client> {
  const claim = claimOf(ticket);
  if (claim?.role !== 'client-ticket') throw unauthorized();
  const taken = await tickets.take(hashCredential(ticket!), nowMs);
  if (taken === 'dead') throw unauthorized();
  const { client, gateway } = await clients.readWithGateway(claim.gatewayId, claim.clientId, nowMs);
  if (!client || !gateway || client.tokenHash !== taken.tokenHash) throw unauthorized();
  return client;
}
