/** Who sends a request, by its credential; what it is refused for from then on is told with their names. */
import { factsOfGateway } from '../../core/monitor/gateway-facts';
import { authenticateClient, noteUse } from '../../core/pairing/clients';
import { authenticateRuntime } from '../../core/pairing/gateways';
import type { Client, ClientStore, Gateway, GatewayStore } from '../../core/pairing/ports';
import type { HttpRequest } from './answer';

/** The client of a request, with its gateway; that it was used is noted after the answer. Throws `unauthorized`. */
export async function requestingClient(
  clients: ClientStore,
  { credential, receivedAtMs, afterwards, about }: HttpRequest,
): Promise<{ client: Client; gateway: Gateway }> {
  const { client, gateway } = await authenticateClient(clients, credential, receivedAtMs);
  about({ ...factsOfGateway(gateway), clientId: client.clientId });
  afterwards(() => noteUse(clients, client, receivedAtMs));
  return { client, gateway };
}

/** The gateway whose runtime sends a request. Throws `unauthorized`. */
export async function requestingRuntime(
  gateways: Pick<GatewayStore, 'read'>,
  { credential, about }: HttpRequest,
): Promise<Gateway> {
  const gateway = await authenticateRuntime(gateways, credential);
  about(factsOfGateway(gateway));
  return gateway;
}
