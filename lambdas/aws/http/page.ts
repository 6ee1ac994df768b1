/** A built page, which the bundle carries beside the function's code. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { env } from '../env';
import type { HttpAnswer } from './answer';

const pages = new Map<string, { html: string; csp: string }>();

/**
 * The page `<name>.html` with the policy of `<name>-csp.txt`, which lets nothing but itself run, and the relay's socket
 * beside its own server: API Gateway gives the two different hosts. `permissions` is the `Permissions-Policy`.
 */
export function servePage(name: string, permissions: string): HttpAnswer {
  let page = pages.get(name);
  if (!page) {
    page = { html: readBuilt(`${name}.html`), csp: withRelay(readBuilt(`${name}-csp.txt`)) };
    pages.set(name, page);
  }
  return {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': page.csp,
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': permissions,
    },
    body: page.html,
  };
}

/** A file that stands beside the function's code. */
export function readBuilt(name: string): string {
  return readFileSync(join(dirname(fileURLToPath(import.meta.url)), name), 'utf8');
}

function withRelay(csp: string): string {
  const relayUrl = process.env[env.relayUrl];
  return relayUrl ? csp.replace("connect-src 'self'", `connect-src 'self' ${new URL(relayUrl).origin}`) : csp;
}
