/** What the holder of a relay secret decides about its gateway. */
import { accessCodeTtlMs, gateways, pairings, random } from './aws/composition';
import { streamedHttp } from './aws/http';
import { authenticateRuntime, issueAccessCode } from './core/gateways';

export const handler = streamedHttp({
  'POST /api/relay/codes': async ({ credential, receivedAtMs }) => {
    const gateway = await authenticateRuntime(gateways(), credential);
    const world = { gateways: gateways(), pairings: pairings(), random, accessCodeTtlMs: accessCodeTtlMs() };
    const issued = await issueAccessCode(world, gateway, receivedAtMs);
    return { status: 201, body: { gatewayId: gateway.gatewayId, ...issued } };
  },
});
