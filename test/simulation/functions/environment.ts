/** The environment variables of every function in the world. */
import { env } from '../../../lambdas/aws/env';

/** The registration token of every world. */
export const registrationToken = 'registration-of-the-simulation';

/** Sets what the stack would set. */
export function setEnvironment(): void {
  for (const name of Object.values(env)) process.env[name] = 'simulated';
  process.env[env.accessCodeTtlSeconds] = '600';
  process.env[env.edgeProof] = '';
  process.env[env.relayUrlTemplate] = 'wss://relay.test/relay?gatewayId={gatewayId}';
  process.env[env.publicUrl] = 'https://relay.test';
}
