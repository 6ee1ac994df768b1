/**
 * What stands in for the adapters that reach AWS, each under the name that the composition root knows: a table is a port of the
 * world, a log is forgotten. Everything above them, the composition root included, is the project's own.
 */
import { registrationToken } from './environment';
import type { Simulated } from './simulated';

/** The port behind each adapter, by the adapter's name. */
const ports: Record<string, string> = {
  attemptTable: 'attempts',
  callTable: 'calls',
  clientTable: 'clients',
  codeTable: 'pairings',
  connectionTable: 'connections',
  descriptorTable: 'descriptors',
  eventTable: 'events',
  gatewayTable: 'gateways',
  guardQueue: 'guards',
  managedSockets: 'sockets',
  ticketTable: 'tickets',
  watcherTable: 'watchers',
};

/** The exports of every adapter, as one object; `known` has every port with its methods. */
export function adaptersOf(simulated: Simulated, known: object): Record<string, unknown> {
  const methodsOf = known as Record<string, object | undefined>;
  const made = Object.entries(ports).map(([adapter, name]) => {
    const methods = methodsOf[name];
    if (!methods) throw new Error(`The world has no port ${name}.`);
    const port = Object.fromEntries(
      Object.keys(methods).map((method) => [
        method,
        (...args: unknown[]) => simulated.call(name, method, args),
      ]),
    );
    return [adapter, () => port] as const;
  });
  const log = {
    error: (_message: string, members?: Record<string, unknown>) => simulated.fault(members),
    warn: () => {},
    info: () => {},
  };
  // When events are written is the adapter's own matter, and tested there.
  const recorder = { record: simulated.record, idle: () => {}, flush: () => Promise.resolve() };
  return {
    ...Object.fromEntries(made),
    sharedDynamo: () => undefined,
    log,
    measure: () => {},
    measurementsOf: () => [],
    disconnectReason: () => 'other',
    recorderOf: () => recorder,
    surviveBreakOf: () => {},
    connections: () => undefined,
    againstDeadConnections: <Client>(client: Client): Client => client,
    SecretsManagerClient: class {
      send = () => Promise.resolve({ SecretString: registrationToken });
    },
    GetSecretValueCommand: class {},
  };
}
