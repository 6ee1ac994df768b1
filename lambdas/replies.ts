/** The runtime's side of large payloads: a reply too large for a frame, and params sent by reference. */
import { calls, gateways, tellingWorld } from './aws/composition';
import { requestingRuntime } from './aws/http/authenticated';
import { streamedHttp } from './aws/http/http';
import { paramsOfCommand, postReply } from './core/reply/large-payloads';

export const handler = streamedHttp({
  'POST /api/relay/replies/{id}': {
    // The core itself refuses what is too large: the call must hear of it too.
    maxBodyBytes: Number.POSITIVE_INFINITY,
    route: async (http) => {
      const { params, body, receivedAtMs } = http;
      const { gatewayId } = await requestingRuntime(gateways(), http);
      const outcome = await postReply(tellingWorld(http), gatewayId, params.id, body, receivedAtMs);
      return { status: 202, body: { id: params.id, outcome } };
    },
  },
  'GET /api/relay/rpc/{id}/params': async (http) => {
    const { params, receivedAtMs } = http;
    const { gatewayId } = await requestingRuntime(gateways(), http);
    const value = await paramsOfCommand({ calls: calls() }, gatewayId, params.id, receivedAtMs);
    return { status: 200, body: JSON.stringify(value) };
  },
});
