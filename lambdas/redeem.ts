/** `POST /api/relay/redeem`: the App turns a typed code into its client token, once. */
import {
  attemptWorld,
  clients,
  gateways,
  pairings,
  presenceWorld,
  random,
  relayUrlOf,
} from './aws/composition';
import { streamedHttp } from './aws/http/http';
import { monitored } from './aws/http/monitored-route';
import { limitGuesses } from './core/pairing/attempts';
import { redeemAccessCode } from './core/pairing/clients';
import { presenceOf } from './core/presence/presence';
import { readBody } from './core/wire/json';
import { redeemRequest } from './core/wire/protocol';

const types = {
  request: 'relay.redeem.request',
  done: 'relay.redeem.success',
  also: 'relay.client.paired',
  refused: 'relay.redeem.failed',
} as const;

export const handler = streamedHttp({
  'POST /api/relay/redeem': monitored(types, async (http) => {
    const { body, receivedAtMs } = http;
    const request = readBody(redeemRequest, body);
    const world = { gateways: gateways(), clients: clients(), pairings: pairings(), random };
    const { gateway, clientId, clientToken } = await limitGuesses(attemptWorld(), http, () =>
      redeemAccessCode(world, request, receivedAtMs),
    );
    const { gatewayId, runtimeType, displayName, capabilities } = gateway;
    const { connected } = await presenceOf(presenceWorld(), gateway, receivedAtMs);
    const relayUrl = relayUrlOf(gatewayId);
    return {
      status: 200,
      body: { gatewayId, clientId, clientToken, relayUrl, connected, runtimeType, displayName, capabilities },
      facts: { gatewayId, displayName, runtimeType, clientId },
    };
  }),
});
