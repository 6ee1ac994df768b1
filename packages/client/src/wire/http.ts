/** Requests to a relay. Whatever is not the relay's own answer is `Unreachable`: a portal's page says nothing about us. */
import { errorOfProblem, invalid, type RelayError, unreachable } from './errors';

/** Where the server is, and how it is asked. */
export interface Server {
  /** Without a slash at the end. */
  url: string;
  fetch: typeof fetch;
}

/** How a request differs from a plain one. */
export interface Asking {
  credential?: string | undefined;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
  /** Until the head of the answer is there, in milliseconds. Default 15,000. */
  timeoutMs?: number;
}

/** Reads the address of a server; throws `InvalidRequest`. */
export function serverAt(serverUrl: string, given?: typeof fetch): Server {
  let url: URL | undefined;
  try {
    url = new URL(serverUrl);
  } catch {}
  if (!url || !/^https?:$/.test(url.protocol)) throw invalid('serverUrl', 'must be an http or https URL');
  const place = `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  // A browser's fetch must not be called as a method of something else.
  return { url: place, fetch: (input, init) => (given ?? fetch)(input, init) };
}

/** Sends a request and gives the response, whatever its status. Throws `Unreachable`; never follows a redirect. */
export async function send(server: Server, route: string, asking: Asking = {}): Promise<Response> {
  const [method, path] = route.split(' ') as [string, string];
  const { credential, body, signal, timeoutMs = 15_000 } = asking;
  const controller = new AbortController();
  const stop = () => controller.abort(signal?.reason);
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop);
  const timer = setTimeout(() => controller.abort(), timeoutMs);
  try {
    return await server.fetch(server.url + path, {
      method,
      redirect: 'error',
      signal: controller.signal,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(credential === undefined ? {} : { authorization: `Bearer ${credential}` }),
        ...asking.headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  } catch (cause) {
    signal?.removeEventListener('abort', stop);
    if (signal?.aborted) throw signal.reason;
    throw unreachable(`${server.url} could not be reached.`, { cause });
  } finally {
    // The signal goes on to end the body; only the time for the head is over.
    clearTimeout(timer);
  }
}

/** Sends a request and reads its JSON. Throws the problem as its error. */
export async function ask<T>(server: Server, route: string, asking: Asking = {}): Promise<T> {
  return (await readJson(await send(server, route, asking))) as T;
}

/** The JSON of a response; throws the error that it stands for. */
export async function readJson(response: Response): Promise<unknown> {
  let body: unknown;
  try {
    const text = await response.text();
    body = text === '' && response.status === 204 ? undefined : JSON.parse(text);
  } catch (cause) {
    throw notARelay(response.status, cause);
  }
  if (response.ok) return body;
  throw errorOfProblem(body) ?? notARelay(response.status);
}

/** An answer that no relay gives. A status of 4xx that is not the relay's own proves nothing about a credential. */
export function notARelay(status: number, cause?: unknown): RelayError {
  return unreachable(`What answered with status ${status} is not the relay.`, { status, cause });
}
