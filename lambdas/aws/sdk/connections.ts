/**
 * How a function's clients hold their connections to AWS (ADR 0070). Lambda freezes a function between two invocations,
 * and a connection that died meanwhile looks open until the next request is written to it.
 */
import { Agent, type ClientRequest } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import type { Duplex } from 'node:stream';

/** How long a client waits for AWS, in milliseconds. */
export interface Patience {
  /** For a connection. */
  connectMs: number;
  /** For the answer to one attempt, and within an answer for more of it. */
  answerMs: number;
}

/**
 * Of every client. A connection within a Region takes some milliseconds, and the kernel repeats a lost SYN after 1 and 3 s.
 * An answer takes some 20 ms of DynamoDB and some 80 of the management API at the 99th percentile; a connection that hangs
 * costs less than the grace of a call (10 s), and three attempts less than its default time-out (30 s) and API Gateway's
 * for a function (29 s).
 */
export const defaultPatience: Patience = { connectMs: 4_000, answerMs: 8_000 };

/** Errors of requests that met a dead connection: kept, used again, reset, and not a byte had come back. */
const metDeadConnection = new WeakSet<Error>();

/**
 * Connections that are kept for further requests, and the time-outs of requests. One for each client. As many as there are
 * requests at one time: a request that waits for a place would spend its time on that.
 */
export function connections({ connectMs, answerMs } = defaultPatience) {
  return {
    connectionTimeout: connectMs,
    requestTimeout: answerMs,
    throwOnRequestTimeout: true,
    socketTimeout: answerMs,
    httpAgent: wary(new Agent({ keepAlive: true })),
    httpsAgent: wary(new TlsAgent({ keepAlive: true })),
  };
}

/** Makes an agent wary of the connections that it kept. Where one fails, those that idle beside it are dropped. */
function wary(agent: Agent): Agent {
  const reuse = agent.reuseSocket.bind(agent);
  agent.reuseSocket = (socket: Duplex & { bytesRead?: number }, request: ClientRequest) => {
    reuse(socket, request);
    const readBefore = socket.bytesRead;
    request.once('error', (error: NodeJS.ErrnoException) => {
      for (const idle of Object.values(agent.freeSockets).flat()) idle?.destroy();
      const wasReset = error.code === 'ECONNRESET' || error.code === 'EPIPE';
      if (wasReset && socket.bytesRead === readBefore) metDeadConnection.add(error);
    });
  };
  return agent;
}

/**
 * Sends a request again, on a new connection, when it met a dead one: nobody has seen it. Whatever else goes wrong is the
 * caller's matter, since the request may have arrived. Below the SDK's own attempts, and none of them.
 */
function resend<Args, Answer>(next: (args: Args) => Promise<Answer>) {
  return async (args: Args): Promise<Answer> => {
    try {
      return await next(args);
    } catch (error) {
      if (metDeadConnection.has(error as Error)) return await next(args);
      throw error;
    }
  };
}

/** Where it stands: next to the connection, behind signing and the SDK's attempts. */
const nextToConnection = { step: 'deserialize', priority: 'low', name: 'resend' } as const;

/** Makes a client send a request again that met a dead connection. */
export function againstDeadConnections<
  Client extends {
    middlewareStack: { add(middleware: typeof resend, place: typeof nextToConnection): void };
  },
>(client: Client): Client {
  client.middlewareStack.add(resend, nextToConnection);
  return client;
}
