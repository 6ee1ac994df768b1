/** The environment variables of every function in the world. */
import { env } from '../../../lambdas/aws/env';

/** The registration token of every world. */
export const registrationToken = 'registration-of-the-simulation';

/** What the stack would set. */
export const environment: Record<string, string> = {
  ...Object.fromEntries(Object.values(env).map((name) => [name, 'simulated'])),
  [env.accessCodeTtlSeconds]: '600',
  [env.edgeProof]: '',
  [env.relayUrlTemplate]: 'wss://relay.test/relay?gatewayId={gatewayId}',
  [env.publicUrl]: 'https://relay.test',
};
