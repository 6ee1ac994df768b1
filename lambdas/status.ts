/** Before a call: whether the runtime is there, and tickets for Apps that open their socket in a browser. */
import { clients, gateways, presenceWorld, random, tickets, ticketUrlOf } from './aws/composition';
import { requestingClient, requestingRuntime } from './aws/http/authenticated';
import { streamedHttp } from './aws/http/http';
import { claimOf } from './core/pairing/credentials';
import { presenceOf } from './core/presence/presence';
import { issueAppTicket } from './core/socket/app-tickets';

export const handler = streamedHttp({
  'GET /api/relay/status': async (request) => {
    const { credential, receivedAtMs } = request;
    const gateway =
      claimOf(credential)?.role === 'client'
        ? (await requestingClient(clients(), request)).gateway
        : await requestingRuntime(gateways(), request);
    const { gatewayId, runtimeType, displayName, capabilities } = gateway;
    const presence = await presenceOf(presenceWorld(), gateway, receivedAtMs);
    return { status: 200, body: { gatewayId, ...presence, runtimeType, displayName, capabilities } };
  },
  'POST /api/relay/tickets': async (request) => {
    const { client } = await requestingClient(clients(), request);
    const issued = await issueAppTicket({ tickets: tickets(), random }, client, request.receivedAtMs);
    return { status: 201, body: { ...issued, url: ticketUrlOf(client.gatewayId, issued.ticket) } };
  },
});
