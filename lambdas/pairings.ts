/** `POST /api/runtime-pairings` and `/redeem`: a runtime leaves its descriptor behind a code, an App takes it. */
import { accessCodeTtlMs, attemptWorld, descriptors, mostRegistrations } from './aws/composition';
import { streamedHttp } from './aws/http/http';
import { type MonitoredTypes, monitored } from './aws/http/monitored-route';
import { admitRegistration } from './aws/pairing/registration-token';
import { limitGuesses, limitRegistrations } from './core/pairing/attempts';
import { leaveDescriptor, takeDescriptor } from './core/pairing/descriptors';
import { readBody } from './core/wire/json';
import { pairingRedeemRequest, pairingRequest } from './core/wire/protocol';

const left: MonitoredTypes = {
  request: 'pairing.register.request',
  done: 'pairing.register.created',
  refused: ({ code }) =>
    code === 'unauthorized' || code === 'forbidden' ? 'pairing.register.denied' : 'pairing.register.rejected',
};
const taken: MonitoredTypes = {
  request: 'pairing.redeem.request',
  done: 'pairing.redeem.success',
  refused: 'pairing.redeem.failed',
};

export const handler = streamedHttp({
  'POST /api/runtime-pairings': monitored(left, async (http) => {
    const { body, receivedAtMs } = http;
    await admitRegistration(attemptWorld(), http);
    await limitRegistrations(attemptWorld(), http, mostRegistrations());
    const request = readBody(pairingRequest, body);
    const world = { descriptors: descriptors(), pairingCodeTtlMs: accessCodeTtlMs() };
    // That a code waits already is as good as a right guess.
    const left = await limitGuesses(attemptWorld(), http, () =>
      leaveDescriptor(world, request, receivedAtMs),
    );
    return { status: 201, body: { ok: true, ...left } };
  }),
  'POST /api/runtime-pairings/redeem': monitored(taken, async (request) => {
    const { body, receivedAtMs } = request;
    const { pairingCode } = readBody(pairingRedeemRequest, body);
    const found = await limitGuesses(attemptWorld(), request, () =>
      takeDescriptor(descriptors(), pairingCode, receivedAtMs),
    );
    return { status: 200, body: found };
  }),
});
