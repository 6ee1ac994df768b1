/** One HTTP request, from an address of one's choice: the kit meets a server as a stranger does, by Node.js's own modules. */
import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { text as textOf } from 'node:stream/consumers';
import { jsonOf } from './parsed';

/** What came back. A JSON body is parsed; any other is `undefined` and stands in `text`. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  // biome-ignore lint/suspicious/noExplicitAny: cases look into bodies of every shape
  body: any;
  text: string;
}

/** How a request differs from a plain GET. */
export interface Ask {
  credential?: string | undefined;
  body?: unknown;
  /** Sent as it is, in place of `body`. */
  text?: string;
  headers?: Record<string, string> | undefined;
  /** The address of this machine that it leaves from. */
  from?: string | undefined;
  signal?: AbortSignal;
}

const agents = {
  'http:': new HttpAgent({ keepAlive: true, maxSockets: 256 }),
  'https:': new HttpsAgent({ keepAlive: true, maxSockets: 256 }),
};

/** Sends, and gives what came back as it begins to come. */
export function send(url: string, method: string, ask: Ask = {}): Promise<IncomingMessage> {
  const { protocol } = new URL(url);
  const body = ask.text ?? (ask.body === undefined ? undefined : JSON.stringify(ask.body));
  return new Promise((resolve, reject) => {
    const options = {
      method,
      agent: agents[protocol as keyof typeof agents],
      headers: {
        ...(ask.credential === undefined ? {} : { authorization: `Bearer ${ask.credential}` }),
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
        ...ask.headers,
      },
      ...(ask.from ? { localAddress: ask.from } : {}),
      ...(ask.signal ? { signal: ask.signal } : {}),
    };
    const sent: ClientRequest =
      protocol === 'https:' ? httpsRequest(url, options) : httpRequest(url, options);
    sent.on('error', reject);
    sent.on('response', resolve);
    sent.end(body);
  });
}

/** Sends and reads the whole answer. */
export async function exchange(base: string, route: string, ask: Ask = {}): Promise<Answer> {
  const [method, path] = route.split(' ') as [string, string];
  const response = await send(base + path, method, ask);
  const text = await textOf(response);
  return { status: response.statusCode ?? 0, headers: headersOf(response), body: jsonOf(text), text };
}

/** The headers, one text each. */
export function headersOf({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
