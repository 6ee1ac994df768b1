/** The agent behind the relay: what is allowed goes to it, everything else is answered here. */
import {
  connect,
  type Identity,
  methodNotFound,
  type Runtime,
  type RuntimeOptions,
} from 'agenttown-relay-client/runtime';
import type { Agent } from './agents/agent';
import type { AllowList } from './allow-list';

/** The method that is answered here, whatever the agent. */
export const statusMethod = 'agenttown.status';

/** What serving needs. */
export interface Serving extends Pick<RuntimeOptions, 'onIdentityLost' | 'seal' | 'times'> {
  agent: Agent;
  allow: AllowList;
  /** The connector's own. */
  version: string;
  /** Told of each call: its method, and whether it was let through. */
  onCall?(method: string, isAllowed: boolean): void;
}

/** Connects the agent. */
export function serve(identity: Identity, { agent, allow, version, onCall, ...more }: Serving): Runtime {
  const startedAtMs = performance.now();
  return connect(identity, {
    ...more,
    methods: {
      [statusMethod]: async () => {
        const { reachable, version: runtimeVersion, problem } = await agent.look();
        return {
          ok: reachable,
          runtime: agent.type,
          ...(runtimeVersion ? { runtimeVersion } : {}),
          reachable,
          ...(problem ? { problem } : {}),
          connectorVersion: version,
          uptimeSeconds: Math.round((performance.now() - startedAtMs) / 1000),
        };
      },
    },
    onCall: async (method, params, { id, signal, progress }) => {
      const isAllowed = allow.allows(method);
      onCall?.(method, isAllowed);
      if (!isAllowed)
        throw methodNotFound(
          method,
          'Where the connector runs it can be allowed: agenttown relay --allow <method>.',
        );
      return await agent.call({ id, method, params, signal, progress });
    },
  });
}
