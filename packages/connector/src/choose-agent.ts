/** Which agent is meant: what was said, else what is known to be here. */
import { existsSync } from 'node:fs';
import type { Agent } from './agents/agent';
import { ExecAgent } from './agents/exec-agent';
import { HermesAgent, hermesEndpoint } from './agents/hermes-agent';
import { HttpAgent } from './agents/http-agent';
import { findOpenClaw, openclawFile, openclawPort } from './agents/openclaw-place';
import { openclawMethods } from './agents/openclaw-scopes';
import { SocketAgent } from './agents/socket-agent';
import { AllowList, usualMethods } from './allow-list';
import type { AgentPlace } from './home';

/** The kinds of agent that `--agent` names. */
export const agentTypes = ['openclaw', 'hermes', 'json-rpc'] as const;

/** What an agent may need to know of its surroundings. */
export interface Around {
  environment: NodeJS.ProcessEnv;
  /** The connector's. */
  version: string;
  /** What `--allow` adds to what is usually allowed; `*` for everything. */
  allow?: readonly string[];
}

/** Makes the agent of a place. Throws a sentence for a place that is none. */
export async function agentAt({ type, endpoint, exec }: AgentPlace, around: Around): Promise<Agent> {
  const { environment } = around;
  if (exec && endpoint) throw new Error('Give --exec or --endpoint, not both.');
  if (type !== undefined && !agentTypes.some((known) => known === type))
    throw new Error(`--agent must be one of: ${agentTypes.join(', ')}.`);
  if (exec) return new ExecAgent(exec, usualMethods);
  const { API_SERVER_KEY, AGENTTOWN_ENDPOINT_TOKEN } = environment;
  if (type === 'hermes') return new HermesAgent(webAddress(endpoint ?? hermesEndpoint), API_SERVER_KEY);
  const url = endpoint === undefined ? undefined : addressOf(endpoint);
  const isOpenClaw = url ? Number(url.port) === openclawPort : hasOpenClaw(environment);
  if (type === 'openclaw' || (type === undefined && isOpenClaw)) return await openClaw(endpoint, around);
  if (!endpoint || !url)
    throw new Error(
      'Say where the agent is: --endpoint <url>, --exec <command>, or --agent openclaw or hermes.',
    );
  if (url.protocol.startsWith('ws')) return new SocketAgent(endpoint, usualMethods, AGENTTOWN_ENDPOINT_TOKEN);
  return new HttpAgent(endpoint, usualMethods, AGENTTOWN_ENDPOINT_TOKEN);
}

/** Whether OpenClaw lives on this machine, by what it leaves there. */
function hasOpenClaw(environment: NodeJS.ProcessEnv): boolean {
  return Boolean(environment.OPENCLAW_GATEWAY_TOKEN) || existsSync(openclawFile(environment));
}

async function openClaw(endpoint: string | undefined, { environment, version, allow = [] }: Around) {
  // Its official client comes with it, which no other agent needs.
  const { OpenClawAgent } = await import('./agents/openclaw-agent');
  const place = findOpenClaw(environment, endpoint);
  return new OpenClawAgent(place, new AllowList([...openclawMethods, ...allow]), version);
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
