/** `POST /api/runtime-pairings` and `/redeem`: a runtime leaves its descriptor behind a code, an App takes it. */
import { accessCodeTtlMs, attemptWorld, descriptors } from './aws/composition';
import { streamedHttp } from './aws/http/http';
import { type MonitoredTypes, monitored } from './aws/http/monitored-route';
import { requireRegistrationToken } from './aws/pairing/registration-token';
import { limitGuesses } from './core/pairing/attempts';
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
  'POST /api/runtime-pairings': monitored(left, async ({ body, credential, receivedAtMs }) => {
    await requireRegistrationToken(credential, receivedAtMs);
    const request = readBody(pairingRequest, body);
    const world = { descriptors: descriptors(), pairingCodeTtlMs: accessCodeTtlMs() };
    return { status: 201, body: { ok: true, ...(await leaveDescriptor(world, request, receivedAtMs)) } };
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
