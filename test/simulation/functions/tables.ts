/**
 * Stand in for the adapters that reach AWS, each under its own name: what they give is a port of the world. Everything above
 * them, the composition root included, is the project's own.
 */
import type { Simulated } from './simulated';

declare const simulated: Simulated;

const port = (name: string) => () =>
  Object.fromEntries(
    simulated.ports[name]!.map((method) => [
      method,
      (...args: unknown[]) => simulated.call(name, method, args),
    ]),
  );

export const attemptTable = port('attempts');
export const callSweep = port('callSweep');
export const callTable = port('calls');
export const clientTable = port('clients');
export const codeTable = port('pairings');
export const connectionTable = port('connections');
export const descriptorTable = port('descriptors');
export const eventTable = port('events');
export const gatewayTable = port('gateways');
export const managedSockets = port('sockets');
export const ticketTable = port('tickets');
export const viewerTable = port('viewers');
export const sharedDynamo = () => undefined;
