/** The project's own cache of sockets' rows, one in each instance: all instances of a world share one script. */
import { cachedConnections as cached } from '../../../lambdas/aws/presence/cached-connections';
import type { ConnectionStore } from '../../../lambdas/core/presence/ports';
import type { Simulated } from './simulated';

declare const simulated: Simulated;

/** As `lambdas/aws/presence/cached-connections` has it. */
export function cachedConnections(store: ConnectionStore): ConnectionStore {
  const own = (): ConnectionStore => {
    const memory = simulated.memory();
    if (!memory.has('connections')) memory.set('connections', cached(store));
    return memory.get('connections') as ConnectionStore;
  };
  const methods = Object.keys(cached(store)) as Array<keyof ConnectionStore>;
  return Object.fromEntries(
    methods.map((method) => [
      method,
      (...args: never[]) => (own()[method] as (...args: never[]) => unknown)(...args),
    ]),
  ) as unknown as ConnectionStore;
}
