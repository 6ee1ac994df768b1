/**
 * Calls of JSON-RPC 2.0 on a way that carries texts both ways. Beside answers an agent may send notifications `progress` with params
 * `{ id, data }`; it is told by a notification `cancel` with params `{ id }` when nobody wants an answer any more.
 */
import { type AgentCall, agentAway, errorOf } from './agent';

interface Waiting {
  call: AgentCall;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** The calls that wait for an answer. What is said of others, or a second time, is not heard. */
export class JsonRpcCalls {
  readonly #waiting = new Map<string, Waiting>();

  /** How many wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Sends a call and gives its result. */
  async run(call: AgentCall, send: (text: string) => void): Promise<unknown> {
    const { id, method, params, signal } = call;
    const leave = () => {
      send(JSON.stringify({ jsonrpc: '2.0', method: 'cancel', params: { id } }));
      this.#waiting.get(id)?.reject(signal.reason);
    };
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting.set(id, { call, resolve, reject });
        signal.addEventListener('abort', leave);
        send(JSON.stringify({ jsonrpc: '2.0', id, method, ...(params === undefined ? {} : { params }) }));
      });
    } finally {
      signal.removeEventListener('abort', leave);
      this.#waiting.delete(id);
    }
  }

  /** Takes what the agent said. */
  hear(text: string): void {
    let frame: Record<string, unknown>;
    try {
      frame = JSON.parse(text);
    } catch {
      return; // Agents also write what is meant for people.
    }
    if (typeof frame !== 'object' || frame === null) return;
    if (frame.method === 'progress') {
      const { id, data } = (frame.params ?? {}) as { id?: unknown; data?: unknown };
      this.#waiting.get(String(id))?.call.progress(data);
      return;
    }
    const waiting = frame.method === undefined ? this.#waiting.get(String(frame.id)) : undefined;
    if (frame.error) waiting?.reject(errorOf(frame.error));
    else waiting?.resolve(frame.result ?? null);
  }

  /** The way is lost: nobody knows what became of the calls on it. */
  fail(problem: string): void {
    for (const { reject } of this.#waiting.values()) reject(agentAway(problem));
  }
}
