import fc from 'fast-check';
import { ApiError } from '../../../lambdas/core/wire/errors';
import { readBody } from '../../../lambdas/core/wire/json';
import {
  pairingRedeemRequest,
  pairingRequest,
  redeemRequest,
  registerRequest,
  rpcRequest,
} from '../../../lambdas/core/wire/protocol';

const schemas = {
  registerRequest,
  redeemRequest,
  pairingRequest,
  pairingRedeemRequest,
  rpcRequest: rpcRequest(55_000),
} as const;
const members = [
  'runtimeType',
  'relaySecret',
  'gatewayId',
  'accessCode',
  'pairingCode',
  'descriptor',
  'method',
  'id',
];
const canary = 'CanaryCanaryCanary';

const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(canary, `${canary}\u0000`, [canary], { [canary]: canary }, canary.repeat(100)),
);
const bodies = fc.oneof(
  value.map((any) => JSON.stringify(any)),
  fc
    .dictionary(fc.constantFrom(...members, '__proto__', 'constructor'), value)
    .map((any) => JSON.stringify(any)),
  fc.string({ unit: 'binary' }),
);

test.each(Object.entries(schemas))(
  '%s takes any text or says where it is wrong, without repeating it',
  (_, schema) => {
    fc.assert(
      fc.property(bodies, (text) => {
        try {
          expect(typeof readBody(schema as typeof redeemRequest, text)).toBe('object');
        } catch (error) {
          if (!(error instanceof ApiError)) throw error;
          expect(error.code).toBe('invalid_request');
          expect(error.details.errors?.length).toBeGreaterThan(0);
          expect(error.message + JSON.stringify(error.details)).not.toContain('Canary');
        }
      }),
      { numRuns: 300 },
    );
  },
);
