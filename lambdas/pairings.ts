/** `POST /api/runtime-pairings` and `/redeem`: a runtime leaves its descriptor behind a code, an App takes it. */
import { accessCodeTtlMs, attemptWorld, descriptors } from './aws/composition';
import { streamedHttp } from './aws/http';
import { type RecordedTypes, recorded } from './aws/recorded-route';
import { requireRegistrationToken } from './aws/registration-token';
import { limitGuesses } from './core/attempts';
import { readBody } from './core/json';
import { leaveDescriptor, takeDescriptor } from './core/pairings';
import { pairingRedeemRequest, pairingRequest } from './core/protocol';

const left: RecordedTypes = {
  request: 'pairing.register.request',
  done: 'pairing.register.created',
  refused: ({ code }) =>
    code === 'unauthorized' || code === 'forbidden' ? 'pairing.register.denied' : 'pairing.register.rejected',
};
const taken: RecordedTypes = {
  request: 'pairing.redeem.request',
  done: 'pairing.redeem.success',
  refused: 'pairing.redeem.failed',
};

export const handler = streamedHttp({
  'POST /api/runtime-pairings': recorded(left, async ({ body, credential, receivedAtMs }) => {
    await requireRegistrationToken(credential, receivedAtMs);
    const request = readBody(pairingRequest, body);
    const world = { descriptors: descriptors(), pairingCodeTtlMs: accessCodeTtlMs() };
    return { status: 201, body: { ok: true, ...(await leaveDescriptor(world, request, receivedAtMs)) } };
  }),
  'POST /api/runtime-pairings/redeem': recorded(taken, async (request) => {
    const { body, receivedAtMs } = request;
    const { pairingCode } = readBody(pairingRedeemRequest, body);
    const found = await limitGuesses(attemptWorld(), request, () =>
      takeDescriptor(descriptors(), pairingCode, receivedAtMs),
    );
    return { status: 200, body: found };
  }),
});
