/**
 * How a function's clients hold their connections to AWS (ADR 0070). Lambda freezes a function between two invocations,
 * and a socket that the other side closed meanwhile looks open until the next request is written to it.
 */
import { Agent, type ClientRequest } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import type { Duplex } from 'node:stream';

/** How long a function waits for AWS, in milliseconds. */
export interface Patience {
  /** For a connection. */
  connectMs: number;
  /** For the answer to one attempt, and within an answer for more of it. */
  answerMs: number;
}

/**
 * Where nothing else is said. A connection within a Region takes a few milliseconds; the first SYN is repeated after a
 * second, so that one of them may be lost. An answer takes some 20 ms of DynamoDB and some 80 of the management API at
 * the 99th percentile; DynamoDB's four attempts together stay below the grace of a call (10 s), its default time-out
 * (30 s) and what API Gateway waits for a function (29 s).
 */
export const defaultPatience: Patience = { connectMs: 1_500, answerMs: 2_000 };

/** Errors of requests that met a dead socket: kept open, used again, and not a byte came back. */
const metDeadSocket = new WeakSet<Error>();

/** Connections that are kept for further requests, and the time-outs of requests. One for each client. */
export function connections({ connectMs, answerMs }: Patience = defaultPatience) {
  return {
    connectionTimeout: connectMs,
    requestTimeout: answerMs,
    throwOnRequestTimeout: true,
    socketTimeout: answerMs,
    httpAgent: noticing(new Agent({ keepAlive: true })),
    httpsAgent: noticing(new TlsAgent({ keepAlive: true })),
  };
}

/** Makes an agent notice dead sockets. One that is dead was open through a freeze, so those that idle beside it are dropped. */
function noticing(agent: Agent): Agent {
  const reuse = agent.reuseSocket.bind(agent);
  agent.reuseSocket = (socket: Duplex & { bytesRead?: number }, request: ClientRequest) => {
    reuse(socket, request);
    const readBefore = socket.bytesRead;
    request.once('error', (error: NodeJS.ErrnoException) => {
      for (const idle of Object.values(agent.freeSockets).flat()) idle?.destroy();
      const wasReset = error.code === 'ECONNRESET' || error.code === 'EPIPE';
      if (wasReset && socket.bytesRead === readBefore) metDeadSocket.add(error);
    });
  };
  return agent;
}

/**
 * Sends a request again, on a new connection, when it met a dead socket: nobody has seen it. Whatever else goes wrong
 * is the caller's matter, since the request may have arrived. Below the SDK's own attempts, and none of them.
 */
function resend<Args, Answer>(next: (args: Args) => Promise<Answer>) {
  return async (args: Args): Promise<Answer> => {
    try {
      return await next(args);
    } catch (error) {
      if (metDeadSocket.has(error as Error)) return await next(args);
      throw error;
    }
  };
}

/** Where it stands: next to the socket, behind signing and the SDK's attempts. */
const nextToTheSocket = { step: 'deserialize', priority: 'low', name: 'resend' } as const;

/** Makes a client send a request again that met a dead socket. */
export function againstDeadSockets<
  Client extends { middlewareStack: { add(middleware: typeof resend, place: typeof nextToTheSocket): void } },
>(client: Client): Client {
  client.middlewareStack.add(resend, nextToTheSocket);
  return client;
}
