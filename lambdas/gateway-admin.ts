/** What the holder of a relay secret decides about its gateway; a client may remove itself. */
import { accessCodeTtlMs, clients, gateways, ownerWorld, pairings, random } from './aws/composition';
import { requestingRuntime } from './aws/http/authenticated';
import { streamedHttp } from './aws/http/http';
import { factsOfGateway } from './core/monitor/gateway-facts';
import { issueAccessCode } from './core/pairing/gateways';
import { listClients, removeGateway, revokeClient, rotateSecret } from './core/pairing/owner';

export const handler = streamedHttp({
  'POST /api/relay/codes': async (request) => {
    const gateway = await requestingRuntime(gateways(), request);
    const world = { gateways: gateways(), pairings: pairings(), random, accessCodeTtlMs: accessCodeTtlMs() };
    const issued = await issueAccessCode(world, gateway, request.receivedAtMs);
    return { status: 201, body: { gatewayId: gateway.gatewayId, ...issued } };
  },
  'GET /api/relay/clients': async (request) => {
    const { gatewayId } = await requestingRuntime(gateways(), request);
    return { status: 200, body: { clients: await listClients(clients(), gatewayId, request.receivedAtMs) } };
  },
  'DELETE /api/relay/clients/{clientId}': async (request) => {
    const { credential, params, receivedAtMs, recorder } = request;
    const { afterwards, ...revoked } = await revokeClient(
      ownerWorld(),
      credential,
      params.clientId ?? '',
      receivedAtMs,
    );
    request.afterwards(afterwards);
    recorder.record({ type: 'relay.client.revoked', ...revoked });
    return { status: 204 };
  },
  'POST /api/relay/secret': async (request) => {
    const { receivedAtMs, recorder } = request;
    const gateway = await requestingRuntime(gateways(), request);
    const { afterwards, ...rotated } = await rotateSecret(ownerWorld(), gateway, receivedAtMs);
    request.afterwards(afterwards);
    recorder.record({ type: 'relay.secret.rotated', ...factsOfGateway(gateway) });
    return { status: 200, body: rotated };
  },
  'DELETE /api/relay/gateway': async (request) => {
    const { receivedAtMs, recorder } = request;
    const gateway = await requestingRuntime({ read: gateways().readEvenLeaving }, request);
    const { afterwards } = await removeGateway(ownerWorld(), gateway, receivedAtMs);
    request.afterwards(afterwards);
    recorder.record({ type: 'relay.gateway.removed', ...factsOfGateway(gateway) });
    return { status: 204 };
  },
});
