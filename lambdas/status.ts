/** Before a call: whether the runtime is there, and tickets for Apps that open their socket in a browser. */
import { clients, gateways, presenceWorld, random, tickets, ticketUrlOf } from './aws/composition';
import type { HttpRequest } from './aws/http/answer';
import { streamedHttp } from './aws/http/http';
import { factsOfGateway } from './core/monitor/gateway-facts';
import { authenticateClient, noteUse } from './core/pairing/clients';
import { claimOf } from './core/pairing/credentials';
import { authenticateRuntime } from './core/pairing/gateways';
import { presenceOf } from './core/presence/presence';
import { issueAppTicket } from './core/socket/app-tickets';

export const handler = streamedHttp({
  'GET /api/relay/status': async (request) => {
    const { credential, receivedAtMs } = request;
    const gateway =
      claimOf(credential)?.role === 'client'
        ? (await ofClient(request)).gateway
        : await authenticateRuntime(gateways(), credential);
    request.about(factsOfGateway(gateway));
    const { gatewayId, runtimeType, displayName, capabilities } = gateway;
    const presence = await presenceOf(presenceWorld(), gateway, receivedAtMs);
    return { status: 200, body: { gatewayId, ...presence, runtimeType, displayName, capabilities } };
  },
  'POST /api/relay/tickets': async (request) => {
    const { client } = await ofClient(request);
    const issued = await issueAppTicket({ tickets: tickets(), random }, client, request.receivedAtMs);
    return { status: 201, body: { ...issued, url: ticketUrlOf(client.gatewayId, issued.ticket) } };
  },
});

async function ofClient({ credential, receivedAtMs, afterwards }: HttpRequest) {
  const authentic = await authenticateClient(clients(), credential, receivedAtMs);
  afterwards(() => noteUse(clients(), authentic.client, receivedAtMs));
  return authentic;
}
