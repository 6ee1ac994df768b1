/** `POST /api/relay/register`: a runtime gets, or refreshes, its identity and a code. */
import {
  accessCodeTtlMs,
  attemptWorld,
  gateways,
  mostRegistrations,
  pairings,
  random,
  relayUrlOf,
} from './aws/composition';
import { streamedHttp } from './aws/http/http';
import { monitored } from './aws/http/monitored-route';
import { admitRegistration } from './aws/pairing/registration-token';
import { limitRegistrations } from './core/pairing/attempts';
import { registerGateway } from './core/pairing/gateways';
import { readBody } from './core/wire/json';
import { runtimeLimits } from './core/wire/limits';
import { registerRequest } from './core/wire/protocol';

const types = {
  request: 'relay.register.request',
  done: 'relay.register.created',
  refused: 'relay.register.denied',
} as const;

export const handler = streamedHttp({
  'POST /api/relay/register': monitored(types, async (http) => {
    const { body, receivedAtMs } = http;
    await admitRegistration(attemptWorld(), http);
    await limitRegistrations(attemptWorld(), http, mostRegistrations());
    const request = readBody(registerRequest, body);
    const world = { gateways: gateways(), pairings: pairings(), random, accessCodeTtlMs: accessCodeTtlMs() };
    const { runtimeType, displayName = runtimeType } = request;
    const { outcome, ...registered } = await registerGateway(world, request, receivedAtMs);
    return {
      status: outcome === 'created' ? 201 : 200,
      body: { ...registered, relayUrl: relayUrlOf(registered.gatewayId), limits: runtimeLimits },
      facts: { gatewayId: registered.gatewayId, displayName, runtimeType, outcome },
    };
  }),
});
