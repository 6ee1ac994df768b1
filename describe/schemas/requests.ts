/** The requests: the very schemas that the functions check with, given names and the words that a check cannot say. */
import * as z from 'zod';
import { limits } from '../../lambdas/core/wire/limits';
import {
  pairingRedeemRequest,
  pairingRequest,
  redeemRequest,
  registerRequest,
  rpcRequest,
} from '../../lambdas/core/wire/protocol';
import { anyJson, frameId } from './words';

const describe = (schema: z.core.$ZodType, meta: Record<string, unknown>) =>
  z.globalRegistry.add(schema as z.ZodType, meta);

/** A call over HTTP, in the widest form: one that is not streamed has a shorter longest time. */
export const callRequest = rpcRequest(limits.maxStreamTimeoutMs);

describe(registerRequest, {
  id: 'RegisterRequest',
  description:
    'A runtime registers; with `gatewayId` and `relaySecret`, which go together, it refreshes its identity.',
});
describe(registerRequest.shape.capabilities, {
  description: `An array or an object of up to ${limits.maxCapabilitiesBytes} bytes.`,
});
describe(redeemRequest, {
  id: 'RedeemRequest',
  description: 'A typed code, in any case, with or without AT, dashes and blanks.',
});
describe(pairingRequest, {
  id: 'PairingRequest',
  description: 'A descriptor and the code behind which it waits.',
});
describe(pairingRequest.shape.type, {
  description: '`agenttown.runtime_pairing.v1`; that of the descriptor counts before it.',
});
describe(pairingRequest.shape.descriptor, {
  type: 'object',
  description: 'A JSON object of up to 32 KiB and 16 levels, holding neither the code nor a secret.',
});
describe(pairingRedeemRequest, { id: 'PairingRedeemRequest', description: 'A typed code.' });
describe(callRequest, { id: 'CallRequest', description: 'A call to the runtime of a gateway.' });
describe(callRequest.shape.params, { description: 'Any JSON.' });
describe(callRequest.shape.method, { description: 'Names that begin with `relay.` are reserved.' });
describe(callRequest.shape.timeoutMs, {
  description: `${limits.maxTimeoutMs} at most where the answer is not streamed.`,
});

/** Runtimes answer in several conventions; what is read as a reply. */
export const replyFrame = z
  .looseObject({
    id: z.union([frameId, z.null()]).optional(),
    requestId: frameId.optional(),
    result: anyJson.optional(),
    payload: anyJson.optional(),
    error: z
      .union([
        z.looseObject({ code: z.union([z.number(), z.string()]).optional(), message: z.string().optional() }),
        z.string(),
        z.null(),
      ])
      .optional(),
    ok: z.boolean().optional(),
    meta: z
      .looseObject({
        steps: z.int().min(0).optional().meta({
          description: 'How many steps of progress were reported: those on their way are waited for.',
        }),
      })
      .optional(),
  })
  .meta({
    id: 'ReplyFrame',
    description:
      'A reply of a runtime: `id` (or `requestId`) of the command and one of `result`, `payload`, `error`. Over HTTP the id may be left out.',
  });

export { pairingRedeemRequest, pairingRequest, redeemRequest, registerRequest };
