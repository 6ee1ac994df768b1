/** Which agent is meant: what was said, else what is known to be here. */
import type { Agent } from './agents/agent';
import { ExecAgent } from './agents/exec-agent';
import { HermesAgent, hermesEndpoint } from './agents/hermes-agent';
import { HttpAgent } from './agents/http-agent';
import { SocketAgent } from './agents/socket-agent';
import { usualMethods } from './allow-list';
import type { AgentPlace } from './home';

/** The kinds of agent that `--agent` names. */
export const agentTypes = ['hermes', 'json-rpc'] as const;

/** Makes the agent of a place. Throws a sentence for a place that is none. */
export function agentAt({ type, endpoint, exec }: AgentPlace, environment: NodeJS.ProcessEnv): Agent {
  if (exec && endpoint) throw new Error('Give --exec or --endpoint, not both.');
  if (type !== undefined && !agentTypes.some((known) => known === type))
    throw new Error(`--agent must be one of: ${agentTypes.join(', ')}.`);
  if (exec) return new ExecAgent(exec, usualMethods);
  const { API_SERVER_KEY, AGENTTOWN_ENDPOINT_TOKEN } = environment;
  if (type === 'hermes') return new HermesAgent(webAddress(endpoint ?? hermesEndpoint), API_SERVER_KEY);
  if (!endpoint)
    throw new Error('Say where the agent is: --endpoint <url>, --exec <command>, or --agent hermes.');
  const { protocol } = addressOf(endpoint);
  if (protocol.startsWith('ws')) return new SocketAgent(endpoint, usualMethods, AGENTTOWN_ENDPOINT_TOKEN);
  return new HttpAgent(endpoint, usualMethods, AGENTTOWN_ENDPOINT_TOKEN);
}

function webAddress(endpoint: string): string {
  const { protocol } = addressOf(endpoint);
  if (!protocol.startsWith('http')) throw new Error('--endpoint of this agent must be an http or https URL.');
  return endpoint.replace(/\/+$/, '');
}

function addressOf(endpoint: string): URL {
  try {
    const url = new URL(endpoint);
    if (/^(https?|wss?):$/.test(url.protocol)) return url;
  } catch {}
  throw new Error('--endpoint must be an http, https, ws or wss URL.');
}
