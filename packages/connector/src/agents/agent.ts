/** An agent on this machine, whatever it speaks. */
import { MethodError } from 'agenttown-relay-client/runtime';

/** A call as an agent gets it. */
export interface AgentCall {
  /** The relay's id of the call: the same one is never handed over twice. */
  id: string;
  method: string;
  params: unknown;
  /** Fires when nobody wants the answer any more. */
  signal: AbortSignal;
  /** Reports a step; false when it was refused, as too large or one too many. */
  progress(data: unknown): unknown;
}

/** How an agent is. */
export interface AgentState {
  reachable: boolean;
  version?: string;
  /** Why it is not reachable, in a sentence for the person at this machine. */
  problem?: string;
}

/** An agent. */
export interface Agent {
  /** `openclaw`, `hermes`, or the way it is spoken to: `json-rpc`. */
  readonly type: string;
  /** The methods that a phone may call unless somebody says otherwise: reading and chatting. */
  readonly usuallyAllowed: readonly string[];
  /** Throws a `MethodError` for the App. */
  call(call: AgentCall): Promise<unknown>;
  look(): Promise<AgentState>;
  close(): Promise<void>;
}

/** The agent is away. Whether the call reached it is not known. */
export function agentAway(problem: string): MethodError {
  return new MethodError(`The agent cannot be reached: ${problem}`, 'agent_unreachable');
}

/** An agent's own error, as the App gets it. */
export function errorOf(error: unknown): MethodError {
  const { code, message, data } = (error ?? {}) as { code?: unknown; message?: unknown; data?: unknown };
  const known = typeof code === 'number' || typeof code === 'string' ? code : -32000;
  return new MethodError(typeof message === 'string' ? message : 'The agent reported an error.', known, data);
}
