/**
 * Builds the App: the page, the service worker that keeps its shell, the manifest that makes it installable, its icon.
 *
 *     node web/app/build.mjs <outDirectory>
 */
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPage, outDirectoryOf, writePage } from '../build.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" fill="#3b5bdb"/>' +
  '<path d="M7 17h4.5l2.7-7 4.5 12 2.7-5h3.6" fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/></svg>';
const manifest = {
  name: 'AgentTown',
  short_name: 'AgentTown',
  description: 'Talk to your agents, wherever they run.',
  id: '../app',
  start_url: '../app',
  scope: '../app',
  display: 'standalone',
  background_color: '#f4f5f8',
  theme_color: '#3b5bdb',
  icons: [{ src: 'icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any maskable' }],
};

const out = outDirectoryOf('web/app/build.mjs');
const policy = ["img-src 'self' data:", "worker-src 'self'", "manifest-src 'self'"];
await writePage(out, 'app', await buildPage('app', policy));
await writeFile(join(out, 'sw.js'), await readFile(join(here, 'sw.js'), 'utf8'));
await writeFile(join(out, 'manifest.webmanifest'), JSON.stringify(manifest));
await writeFile(join(out, 'icon.svg'), icon);
