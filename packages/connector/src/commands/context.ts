/** What the commands share: where they write, what the environment says, what is kept. */
import { hostname } from 'node:os';
import type { AgentPlace, Home, Kept } from '../home';

/** The surroundings of a command. */
export interface Surroundings {
  environment: NodeJS.ProcessEnv;
  home: Home;
  version: string;
  /** To standard output. */
  say(line: string): void;
  /** Whether a person reads it on a terminal. */
  isTerminal: boolean;
  /** To standard error. */
  warn(line: string): void;
}

/** Options that name the agent. */
export interface AgentOptions {
  agent?: string;
  endpoint?: string;
  exec?: string;
}

/** The agent of the command line, else the one that is kept. */
export function placeOf({ agent, endpoint, exec }: AgentOptions, { agent: kept = {} }: Kept): AgentPlace {
  if (!agent && !endpoint && !exec) return kept;
  return { ...(agent ? { type: agent } : {}), ...(endpoint ? { endpoint } : {}), ...(exec ? { exec } : {}) };
}

/** What this machine is called, as the server takes it. */
export function machineName(): string {
  return hostname().slice(0, 128) || 'unnamed';
}
