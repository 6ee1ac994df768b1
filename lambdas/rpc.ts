/** `POST /api/relay/rpc`: an App's call to its runtime. */
import { calls, clients, clock, presenceWorld, random } from './aws/composition';
import { streamedHttp } from './aws/http';
import { answerOf } from './core/calls';
import { authenticateClient } from './core/clients';
import { ApiError } from './core/errors';
import { readBody } from './core/json';
import { limits } from './core/limits';
import { prepareCall } from './core/prepare-call';
import { rpcRequest } from './core/protocol';
import { runCall } from './core/run-call';

export const handler = streamedHttp({
  'POST /api/relay/rpc': {
    maxBodyBytes: limits.maxRpcBodyBytes,
    route: async ({ body, credential, header, recorder, receivedAtMs }) => {
      const { client, gateway } = await authenticateClient(clients(), credential, receivedAtMs);
      const request = readBody(rpcRequest(limits.maxTimeoutMs), body);
      if (request.gatewayId !== gateway.gatewayId) {
        throw new ApiError('forbidden', 'This client is paired with another gateway.');
      }
      const idempotencyKey = header('idempotency-key');
      const prepared = prepareCall({ request, idempotencyKey, client, gateway, random, nowMs: receivedAtMs });
      const world = { ...presenceWorld(), calls: calls(), clock, recorder };
      const { call, end } = await runCall(world, prepared.call, gateway, prepared.command);
      return { status: 200, body: answerOf(prepared.id, call, end) };
    },
  },
});
