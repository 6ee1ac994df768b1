/** `GET /api/relay/status`: whether the runtime is there, for its clients and for itself. */
import { clients, gateways, presenceWorld } from './aws/composition';
import type { HttpRequest } from './aws/http/answer';
import { streamedHttp } from './aws/http/http';
import { authenticateClient, noteUse } from './core/pairing/clients';
import { claimOf } from './core/pairing/credentials';
import { authenticateRuntime } from './core/pairing/gateways';
import { presenceOf } from './core/presence/presence';

export const handler = streamedHttp({
  'GET /api/relay/status': async (request) => {
    const { credential, receivedAtMs } = request;
    const gateway =
      claimOf(credential)?.role === 'client'
        ? await gatewayOfClient(request)
        : await authenticateRuntime(gateways(), credential);
    const { gatewayId, runtimeType, displayName, capabilities } = gateway;
    const presence = await presenceOf(presenceWorld(), gateway, receivedAtMs);
    return { status: 200, body: { gatewayId, ...presence, runtimeType, displayName, capabilities } };
  },
});

async function gatewayOfClient({ credential, receivedAtMs, afterwards }: HttpRequest) {
  const { client, gateway } = await authenticateClient(clients(), credential, receivedAtMs);
  afterwards(() => noteUse(clients(), client, receivedAtMs));
  return gateway;
}
