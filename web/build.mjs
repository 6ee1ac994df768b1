/**
 * Builds a page: one HTML file that loads nothing but what is named here, and the Content-Security-Policy that lets only
 * its own script and style run.
 *
 *     node web/build.mjs <outDirectory>         writes monitor.html and monitor-csp.txt
 *     node web/app/build.mjs <outDirectory>     writes app.html, app-csp.txt and what belongs to the App
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
/** In a clone the library's source, so that no build of it has to come first; elsewhere the installed one. */
const clientSource = join(here, '../packages/client/src');
const alias = Object.fromEntries(
  ['app', 'sealed']
    .map((entry) => [`agenttown-relay-client/${entry}`, join(clientSource, `${entry}.ts`)])
    .filter(([, source]) => existsSync(source)),
);

/**
 * Bundles a page.
 * @param {'monitor' | 'app'} name
 * @param {string[]} more directives of the policy beside those of every page
 * @returns {Promise<{ html: string, csp: string }>} the page, and the header to serve it with
 */
export async function buildPage(name, more = []) {
  const [script, style, template] = await Promise.all([
    bundle(`${name}/main.tsx`),
    bundle(`${name}/style/${name}.css`),
    readFile(join(here, name, 'page.html'), 'utf8'),
  ]);
  const html = template
    .replaceAll('\r\n', '\n')
    .replace('/*STYLE*/', () => style)
    .replace('/*SCRIPT*/', () => script);
  return { html, csp: policyFor(script, style, more) };
}

/** Bundles the monitor. */
export const buildMonitorPage = () => buildPage('monitor', ['img-src data:']);

/** Writes a page and its policy where a function reads them. */
export async function writePage(outDirectory, name, { html, csp }) {
  await mkdir(outDirectory, { recursive: true });
  await writeFile(join(outDirectory, `${name}.html`), html);
  await writeFile(join(outDirectory, `${name}-csp.txt`), csp);
}

/** The directory that a build script was told to write to; ends the process where it was told none. */
export function outDirectoryOf(script) {
  if (process.argv[2]) return process.argv[2];
  console.error(`usage: node ${script} <outDirectory>`);
  process.exit(2);
}

/** What a page may do: run itself, call its own server, and what is named beside. */
function policyFor(script, style, more) {
  return [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "connect-src 'self'",
    ...more,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function hashOf(text) {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
}

/** Bundles one entry to text that can stand inside its element; esbuild escapes the closing tag. */
async function bundle(entry) {
  const { outputFiles } = await build({
    absWorkingDir: here,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    alias,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    target: ['es2023', 'chrome123', 'firefox121', 'safari17.5'],
    charset: 'utf8',
    legalComments: 'inline',
    logLevel: 'warning',
    outdir: 'out',
  });
  return outputFiles[0].text.trim();
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await writePage(outDirectoryOf('web/build.mjs'), 'monitor', await buildMonitorPage());
}
