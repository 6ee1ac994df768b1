/** `GET /api/relay/status`: whether the runtime is there, for its clients and for itself. */
import { clients, gateways, presenceWorld } from './aws/composition';
import { streamedHttp } from './aws/http';
import { authenticateClient } from './core/clients';
import { claimOf } from './core/credentials';
import { authenticateRuntime } from './core/gateways';
import { presenceOf } from './core/presence';

export const handler = streamedHttp({
  'GET /api/relay/status': async ({ credential, receivedAtMs }) => {
    const gateway =
      claimOf(credential)?.role === 'client'
        ? (await authenticateClient(clients(), credential, receivedAtMs)).gateway
        : await authenticateRuntime(gateways(), credential);
    const { gatewayId, runtimeType, displayName, capabilities } = gateway;
    const presence = await presenceOf(presenceWorld(), gateway, receivedAtMs);
    return { status: 200, body: { gatewayId, ...presence, runtimeType, displayName, capabilities } };
  },
});
