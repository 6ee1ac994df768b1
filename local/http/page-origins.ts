/**
 * Which web pages may use a server that asks nobody for a token: its own, and those of listed origins. A browser carries
 * the requests of any page that its user opens, also to this machine, and says in `Origin` and `Sec-Fetch-Site` whose.
 */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { originAskedFor, type Passage } from './proxies';

/** The pages that are let in. */
export interface PageOrigins {
  /** The server's own, as `http://127.0.0.1:8787`. */
  own: readonly string[];
  /** Whether an operator listed an origin by its name. */
  isListed(origin: string): boolean;
}

/** The origins of a server that listens here, and of its public URL. */
export function ownOrigins(host: string, port: number, publicUrl: string | undefined): string[] {
  const names = ['127.0.0.1', 'localhost', '[::1]', host.includes(':') ? `[${host}]` : host];
  const own = names.map((name) => new URL(`http://${name}:${port}`).origin);
  return publicUrl === undefined ? own : [...own, new URL(publicUrl).origin];
}

/** Whether a request is that of a page which has no business here. Requests without a page behind them are let in. */
export function isForeignPage(request: IncomingMessage, passage: Passage, pages: PageOrigins): boolean {
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (origin !== undefined)
    return !pages.own.includes(origin) && !isSameAddress(request, passage, origin) && !pages.isListed(origin);
  // Only an image, a frame, a script: nothing that a page of another site needs from here. Following a link is fine.
  return site !== undefined && site !== 'same-origin' && site !== 'none' && !followsLink(request);
}

/**
 * A page that was got from the address that its request goes to. Only where that is no name that somebody else may
 * have pointed here: an address as such, or what a declared proxy serves.
 */
function isSameAddress(request: IncomingMessage, passage: Passage, origin: string): boolean {
  if (origin !== originAskedFor(request)) return false;
  return passage === 'proxied' || isIP(new URL(origin).hostname.replace(/^\[|\]$/g, '')) !== 0;
}

function followsLink({ method, headers }: IncomingMessage): boolean {
  const isRead = method === 'GET' || method === 'HEAD';
  return isRead && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
}
