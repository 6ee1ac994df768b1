/** The HTTP side of the contract, as an App or a runtime calls it. */
import { request as httpRequest } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { registrationToken } from './relay';

/** What came back. */
export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  body: any;
}

/** How a request differs from a plain GET. */
export interface RequestOptions {
  credential?: string | undefined;
  body?: unknown;
  /** Sent as it is, in place of `body`. */
  text?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** The address that the request comes from, one of the loopback's. Default `127.0.0.1`. */
  from?: string;
}

/** One request; a JSON body is parsed. */
export async function request(base: string, route: string, options: RequestOptions = {}): Promise<Answer> {
  const [method, path] = route.split(' ') as [string, string];
  const body = options.text ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  const response = await sendFrom(options.from)(base + path, {
    method,
    ...(body === undefined ? {} : { body }),
    ...(options.signal ? { signal: options.signal } : {}),
    headers: {
      ...(options.credential === undefined ? {} : { authorization: `Bearer ${options.credential}` }),
      ...options.headers,
    },
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

/** `fetch`, or what does the same from another address. */
function sendFrom(localAddress: string | undefined): typeof fetch {
  // A deployment sees the address of this machine, whatever is asked for.
  if (localAddress === undefined || process.env.PAIRING_URL) return fetch;
  return (url, { method, headers, body } = {}) =>
    new Promise((resolve, reject) => {
      const sent = httpRequest(String(url), {
        method,
        headers: headers as Record<string, string>,
        localAddress,
      });
      sent.on('error', reject);
      sent.on('response', async (response) => {
        const text = await textOf(response).catch(reject);
        const pairs = Object.entries(response.headers).map(([name, value]): [string, string] => [
          name,
          String(value),
        ]);
        resolve(new Response(text || null, { status: response.statusCode ?? 0, headers: pairs }));
      });
      sent.end(body);
    });
}

/** A registered runtime identity. */
export interface Registered {
  gatewayId: string;
  relaySecret: string;
  accessCode: string;
  accessCodeExpiresAt: string;
  relayUrl: string;
}

/** Registers a runtime. */
export async function register(base: string, more: Record<string, unknown> = {}): Promise<Registered> {
  const body = { runtimeType: 'openclaw', displayName: 'Desk', capabilities: ['echo'], ...more };
  const answer = await request(base, 'POST /api/relay/register', { credential: registrationToken, body });
  if (answer.status >= 300) throw new Error(`register: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** A paired App. */
export interface Paired {
  gatewayId: string;
  clientId: string;
  clientToken: string;
  relayUrl: string;
  connected: boolean;
}

/** Redeems a code. */
export async function redeem(base: string, accessCode: string, label?: string): Promise<Paired> {
  const answer = await request(base, 'POST /api/relay/redeem', { body: { accessCode, label } });
  if (answer.status !== 200) throw new Error(`redeem: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** Calls the runtime. */
export function call(
  base: string,
  app: Paired,
  body: Record<string, unknown>,
  more: RequestOptions = {},
): Promise<Answer> {
  return request(base, 'POST /api/relay/rpc', {
    credential: app.clientToken,
    body: { gatewayId: app.gatewayId, ...body },
    ...more,
  });
}
