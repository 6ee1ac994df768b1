/** Stand in for what a function tells the outside: its log, its metrics, the monitor's writer, the secrets' client. */
import type { NewEvent } from '../../../lambdas/core/monitor/monitor-events';
import { registrationToken } from './environment';
import type { Simulated } from './simulated';

declare const simulated: Simulated;

/** For `lambdas/aws/observe/log`. */
export const log = {
  error: (_message: string, members?: Record<string, unknown>) => simulated.fault(members),
  warn: () => {},
  info: () => {},
};

/** For `lambdas/aws/observe/metrics`. */
export const measure = () => {};
export const measurementsOf = () => [];
export const disconnectReason = () => 'other';

/** For `lambdas/aws/monitor/recorder`: when events are written is the adapter's own matter, and tested there. */
export const recorderOf = () => ({
  record: (event: NewEvent | (() => NewEvent)) => simulated.record(event),
  idle: () => {},
  flush: () => simulated.flush(),
});

/** For `@aws-sdk/client-secrets-manager`. */
export class SecretsManagerClient {
  send(): Promise<unknown> {
    return Promise.resolve({ SecretString: registrationToken });
  }
}
export class GetSecretValueCommand {}

/** For `lambdas/aws/sdk/connections`. */
export const againstDeadSockets = <Client>(client: Client): Client => client;
export const connections = () => undefined;
