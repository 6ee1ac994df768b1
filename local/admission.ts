/** Whom the host's port lets in before anything of the stack runs: callers are told apart, pages of strangers refused. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerByItself } from './http/own-answer';
import { isForeignPage, ownOrigins, type PageOrigins } from './http/page-origins';
import { attributeCaller, type TrustedProxies } from './http/proxies';

/** Whom a port lets in, and whose word on a caller it takes. */
export interface Admission {
  proxies: TrustedProxies;
  /** The web pages that are let in; undefined lets in all of them, because the stack asks for a token. */
  pages: PageOrigins | undefined;
  /** Told of each request through a proxy that nobody declared. */
  onUndeclaredProxy(): void;
}

/** What an admission is made from. */
export interface AdmissionOptions {
  proxies: TrustedProxies;
  /** Whether anybody may register, so that pages must be kept out. */
  isOpen: boolean;
  host: string;
  port: number;
  publicUrl: string | undefined;
  /** Whether the stack's preflights name an origin. */
  isListed(origin: string): boolean;
  log(line: string): void;
}

/** Makes the admission of a port. */
export function admissionOf({ proxies, isOpen, isListed, log, ...at }: AdmissionOptions): Admission {
  let told = false;
  return {
    proxies,
    pages: isOpen ? { own: ownOrigins(at.host, at.port, at.publicUrl), isListed } : undefined,
    onUndeclaredProxy: () => {
      if (told) return;
      told = true;
      log(
        'A request came through a proxy that is not declared: all callers behind it count as one, which is not this ' +
          'machine. Name the proxy with --trust-proxy to tell them apart.',
      );
    },
  };
}

/** Finds the caller of a request, and whether it is let in. */
export function admit(
  request: IncomingMessage,
  { proxies, pages, onUndeclaredProxy }: Admission,
): 'admitted' | 'foreign-page' {
  const passage = attributeCaller(request, proxies);
  if (passage === 'undeclared') onUndeclaredProxy();
  return pages && isForeignPage(request, passage, pages) ? 'foreign-page' : 'admitted';
}

/** Refuses the request of a page. */
export function refusePage(response: ServerResponse): void {
  const detail =
    'Registration is open here, so this server answers no web page but its own and those of origins listed in ' +
    'allowedOrigins.';
  answerByItself(
    response,
    { status: 403, title: 'Forbidden', code: 'forbidden', detail, retryable: false },
    { vary: 'origin, sec-fetch-site' },
  );
}
