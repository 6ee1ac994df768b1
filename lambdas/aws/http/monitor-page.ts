/** The built monitor page, which the bundle carries beside the function's code. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HttpAnswer } from './answer';

let page: { html: string; csp: string } | undefined;

/** The page with the policy that lets nothing but itself run. */
export function monitorPage(): HttpAnswer {
  page ??= { html: read('monitor.html'), csp: read('monitor-csp.txt') };
  return {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': page.csp,
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': 'camera=(), microphone=(), geolocation=()',
    },
    body: page.html,
  };
}

function read(name: string): string {
  return readFileSync(join(dirname(fileURLToPath(import.meta.url)), name), 'utf8');
}
