/** Requests that `fetch` would not send as they are: any header name, `Host`, `Sec-Fetch-Mode`. */
import { request as httpRequest } from 'node:http';
import { text as textOf } from 'node:stream/consumers';

/** What goes over the wire, beside a host and a content length where those are not given. */
export interface RawRequest {
  method: string;
  path: string;
  headers: Record<string, string | string[]>;
  body?: string;
}

/** Sends a request by Node's own client. */
export function sendRaw(
  base: string,
  { method, path, headers, body }: RawRequest,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(base);
    const all = { host: `${hostname}:${port}`, 'content-length': String(body?.length ?? 0), ...headers };
    const pairs = Object.entries(all).flatMap(([name, value]) => [value].flat().flatMap((v) => [name, v]));
    const sent = httpRequest({ hostname, port, method, path, headers: pairs });
    sent.on('error', reject);
    sent.on('response', async (response) =>
      resolve({ status: response.statusCode ?? 0, text: await textOf(response) }),
    );
    sent.end(body);
  });
}
