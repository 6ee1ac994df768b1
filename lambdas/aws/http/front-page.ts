/** The page at `/`: it says what this is and where everything is, loads nothing and runs nothing. */
import { createHash } from 'node:crypto';
import type { HttpAnswer } from './answer';

/** What the page tells. */
export interface Places {
  version: string;
  links: Record<string, string>;
}

/** Complete URLs by what is there. `publicUrl` has no slash at its end; the App may have been left out. */
export function linksOf(publicUrl: string, hasApp: boolean): Record<string, string> {
  const at = (path: string) => `${publicUrl}${path}`;
  return {
    health: at('/health'),
    openapi: at('/openapi.json'),
    asyncapi: at('/asyncapi.json'),
    ...(hasApp ? { app: at('/app') } : {}),
    monitor: at('/monitor'),
  };
}

const says: Record<string, string> = {
  app: 'The App: pair, chat and call',
  monitor: 'The live monitor',
  openapi: 'The HTTP side, as OpenAPI',
  asyncapi: 'The relay socket, as AsyncAPI',
  health: 'Whether it is well',
};

const style =
  ':root{color-scheme:light dark}body{font:16px/1.6 system-ui,sans-serif;max-width:36rem;margin:12vh auto;padding:0 1.25rem}' +
  'h1{font-size:1.5rem;line-height:1.25}li{margin:.35rem 0}small{opacity:.75}';

/** The page as an answer. */
export function frontPage({ version, links }: Places): HttpAnswer {
  const hash = createHash('sha256').update(style).digest('base64');
  return {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      vary: 'accept',
    },
    body: pageOf(version, links),
  };
}

function pageOf(version: string, links: Record<string, string>): string {
  const items = Object.entries(says)
    .filter(([name]) => links[name])
    .map(([name, text]) => `<li><a href="${escaped(links[name]!)}">${text}</a></li>`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>AgentTown Pairing Server</title>
<style>${style}</style>
<main>
<h1>AgentTown Pairing Server</h1>
<p>It connects the AgentTown App with AI-agent runtimes behind NAT. A runtime shows a code; typed into the App, it pairs the two.</p>
<ul>
${items.join('\n')}
</ul>
<p><small>Version ${escaped(version)}</small></p>
</main>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
