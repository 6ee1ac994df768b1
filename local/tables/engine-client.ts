/** Calls to the DynamoDB engine itself: no policy, no meter. The wire format is DynamoDB's JSON protocol. */
import { Agent, request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { EngineConnection } from './engine-connection';

/** What the engine answered. `body` is JSON text. */
export interface EngineAnswer {
  status: number;
  body: string;
}

/** One engine, reached over kept-alive connections. */
export interface EngineClient {
  url: string;
  /** Sends an operation as it is. `target` is the value of `x-amz-target`. Rejects when the engine is unreachable. */
  send(target: string, body: string): Promise<EngineAnswer>;
  /** Sends an operation and parses the answer. Throws an Error named as DynamoDB's error. */
  // biome-ignore lint/suspicious/noExplicitAny: the engine's answers have DynamoDB's shapes.
  call(target: string, input: unknown): Promise<any>;
  close(): void;
}

/** Prefix of `x-amz-target`. */
export const DYNAMODB = 'DynamoDB_20120810';

/**
 * Engines ask for credentials and check none; some keep one database per access key, so everything
 * in this process uses the same one.
 */
export const ENGINE_ACCESS_KEY = 'local';

const AUTHORIZATION =
  `AWS4-HMAC-SHA256 Credential=${ENGINE_ACCESS_KEY}/20260101/us-east-1/dynamodb/aws4_request, ` +
  'SignedHeaders=host;x-amz-date, Signature=0000000000000000000000000000000000000000000000000000000000000000';

/** Connections to our own engine: it answers one after the other on each. */
const CONNECTIONS = 2;

/** A client for the engine at `url`. `isOurs`: it is the one that we start, and understands requests in a row. */
export function engineClient(url: string, isOurs = false): EngineClient {
  return withCalls({ url, ...(isOurs ? overConnections(new URL(url)) : overHttp(url)) });
}

/** What sends texts, with `call` over it. */
export function withCalls(transport: Omit<EngineClient, 'call'>): EngineClient {
  return {
    ...transport,
    call: async (target, input) => {
      const answer = await transport.send(target, JSON.stringify(input));
      const parsed = JSON.parse(answer.body || '{}');
      if (answer.status === 200) return parsed;
      const error = new Error(parsed.message ?? parsed.Message ?? answer.body);
      error.name = String(parsed.__type ?? 'EngineError').replace(/^.*#/, '');
      throw error;
    },
  };
}

type Transport = Pick<EngineClient, 'send' | 'close'>;

function headersOf(target: string, body: string): Record<string, string | number> {
  return {
    authorization: AUTHORIZATION,
    'x-amz-date': '20260101T000000Z',
    'x-amz-target': target,
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(body),
  };
}

function overConnections({ hostname, port, host }: URL): Transport {
  const connections = Array.from({ length: CONNECTIONS }, () => new EngineConnection(hostname, Number(port)));
  return {
    send: (target, body) => {
      const headers = Object.entries(headersOf(target, body)).map(([name, value]) => `${name}: ${value}\r\n`);
      const request = `POST / HTTP/1.1\r\nhost: ${host}\r\n${headers.join('')}\r\n${body}`;
      return connections.reduce((one, other) => (other.load < one.load ? other : one)).send(request);
    },
    close: () => {
      for (const connection of connections) connection.close();
    },
  };
}

function overHttp(url: string): Transport {
  const secure = url.startsWith('https:');
  const agent = secure ? undefined : new Agent({ keepAlive: true });
  const open = secure ? secureRequest : request;

  function send(target: string, body: string, isRetry = false): Promise<EngineAnswer> {
    return new Promise((done, fail) => {
      const call = open(
        url,
        {
          method: 'POST',
          agent,
          headers: headersOf(target, body),
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', fail);
          response.on('end', () =>
            done({ status: response.statusCode ?? 500, body: Buffer.concat(chunks).toString() }),
          );
        },
      );
      call.on('error', (error: NodeJS.ErrnoException) => {
        // The engine may close an idle connection just as we use it again: nothing was done then.
        if (call.reusedSocket && error.code === 'ECONNRESET' && !isRetry)
          send(target, body, true).then(done, fail);
        else fail(error);
      });
      call.end(body);
    });
  }

  return { send: (target, body) => send(target, body), close: () => agent?.destroy() };
}
