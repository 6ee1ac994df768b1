/** An agent that speaks JSON-RPC on a WebSocket, which is opened by the first call and kept. */
import { WebSocket } from 'ws';
import { type Agent, type AgentCall, type AgentState, agentAway } from './agent';
import { JsonRpcCalls } from './json-rpc-calls';

/** How long a handshake may take. */
const handshakeMs = 5_000;

/** Answers of megabytes are an agent's right; the relay takes four. */
const maxPayload = 8 * 1024 * 1024;

/** A server at an address. */
export class SocketAgent implements Agent {
  readonly type = 'json-rpc';
  readonly #calls = new JsonRpcCalls();
  #opening: Promise<WebSocket> | undefined;

  constructor(
    private readonly endpoint: string,
    readonly usuallyAllowed: readonly string[],
    /** Sent as bearer, where the server wants one. */
    private readonly token?: string,
  ) {}

  async call(call: AgentCall): Promise<unknown> {
    const socket = await this.#open();
    return await this.#calls.run(call, (text) => socket.send(text, () => {}));
  }

  async look(): Promise<AgentState> {
    try {
      await this.#open();
      return { reachable: true };
    } catch (error) {
      return { reachable: false, problem: (error as Error).message };
    }
  }

  async close(): Promise<void> {
    const socket = await this.#opening?.catch(() => undefined);
    socket?.close();
  }

  #open(): Promise<WebSocket> {
    this.#opening ??= new Promise((resolve, reject) => {
      const headers = this.token ? { authorization: `Bearer ${this.token}` } : {};
      const socket = new WebSocket(this.endpoint, { headers, handshakeTimeout: handshakeMs, maxPayload });
      socket.on('open', () => resolve(socket));
      socket.on('message', (data) => this.#calls.hear(String(data)));
      socket.on('error', () => {});
      socket.on('close', (code) => {
        this.#opening = undefined;
        const problem = `its socket closed with ${code}.`;
        this.#calls.fail(problem);
        reject(agentAway(problem));
      });
    });
    return this.#opening;
  }
}
