/** An agent that answers JSON-RPC by HTTP: one request a call. */
import { type Agent, type AgentCall, type AgentState, agentAway, errorOf } from './agent';

/** A server at an address. */
export class HttpAgent implements Agent {
  readonly type = 'json-rpc';

  constructor(
    private readonly endpoint: string,
    readonly usuallyAllowed: readonly string[],
    /** Sent as bearer, where the server wants one. */
    private readonly token?: string,
  ) {}

  async call({ id, method, params, signal }: AgentCall): Promise<unknown> {
    const body = JSON.stringify({ jsonrpc: '2.0', id, method, ...(params === undefined ? {} : { params }) });
    let response: Response;
    let answer: { result?: unknown; error?: unknown };
    try {
      const headers = { 'content-type': 'application/json', 'idempotency-key': id, ...this.#credential() };
      response = await fetch(this.endpoint, { method: 'POST', headers, body, signal, redirect: 'error' });
    } catch (error) {
      if (signal.aborted) throw error;
      throw agentAway('nothing answers at its endpoint.');
    }
    try {
      answer = (await response.json()) as typeof answer;
    } catch (error) {
      if (signal.aborted) throw error;
      throw agentAway(`it answered with status ${response.status}, and no JSON.`);
    }
    if (answer?.error) throw errorOf(answer.error);
    if (!response.ok) throw agentAway(`it answered with status ${response.status}.`);
    return answer?.result ?? null;
  }

  async look(): Promise<AgentState> {
    try {
      const { status } = await fetch(this.endpoint, {
        method: 'HEAD',
        headers: this.#credential(),
        signal: AbortSignal.timeout(5_000),
      });
      if (status === 401 || status === 403)
        return { reachable: false, problem: 'it refuses the credential.' };
      return { reachable: true };
    } catch {
      return { reachable: false, problem: 'nothing answers at its endpoint.' };
    }
  }

  async close(): Promise<void> {}

  #credential(): Record<string, string> {
    return this.token ? { authorization: `Bearer ${this.token}` } : {};
  }
}
