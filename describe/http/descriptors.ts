import { descriptorType } from '../../lambdas/core/pairing/descriptor-check';
import { descriptorTaken, pairingWaits } from '../schemas/pairing';
import { pairingRedeemRequest, pairingRequest } from '../schemas/requests';
import { shown } from '../schemas/words';
import type { Operation } from './operation';

const type = descriptorType;
const pairingCode = shown.accessCode;
const descriptor = { type, displayName: 'My desk', endpoint: 'https://desk.example', capabilities: ['echo'] };

/** The descriptor rendezvous: for runtimes that Apps reach by themselves. */
export const descriptors = {
  'POST /api/runtime-pairings': {
    id: 'leaveDescriptor',
    tag: 'descriptors',
    summary: 'A runtime leaves its descriptor behind a code that it made up',
    description:
      'Refused with every path and reason where it holds a secret, by name or by value, or the code in any spelling.',
    credentials: ['registrationToken', 'none'],
    body: { schema: pairingRequest, examples: { descriptor: { type, pairingCode, descriptor } } },
    answers: {
      201: {
        description: 'It waits.',
        schema: pairingWaits,
        examples: { waits: { ok: true, type, expiresAt: shown.later } },
      },
    },
    errors: ['unauthorized', 'descriptor_rejected', 'code_exists'],
  },
  'POST /api/runtime-pairings/redeem': {
    id: 'takeDescriptor',
    tag: 'descriptors',
    summary: 'Whoever types the code gets the descriptor, once',
    credentials: ['none'],
    body: { schema: pairingRedeemRequest, examples: { typed: { pairingCode } } },
    answers: {
      200: {
        description: 'The descriptor.',
        schema: descriptorTaken,
        examples: { taken: { type, descriptor } },
      },
    },
    errors: ['code_not_found'],
  },
} satisfies Record<string, Operation>;
