/**
 * Builds the monitor page: one HTML file that loads nothing, and the Content-Security-Policy that lets only
 * its own script and style run.
 *
 *     node web/build.mjs <outDirectory>     writes monitor.html and monitor-csp.txt
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));

/**
 * Bundles the page.
 * @returns {Promise<{ html: string, csp: string }>} the page, and the header to serve it with
 */
export async function buildMonitorPage() {
  const [script, style, template] = await Promise.all([
    bundle('monitor/main.tsx'),
    bundle('monitor/style/monitor.css'),
    readFile(join(here, 'monitor/page.html'), 'utf8'),
  ]);
  const html = template
    .replaceAll('\r\n', '\n')
    .replaceAll(/<!--.*?-->\n/gs, '')
    .replace('/*STYLE*/', () => style)
    .replace('/*SCRIPT*/', () => script);
  return { html, csp: policyFor(script, style) };
}

/** What the page may do: run itself, call its own server, show its own icon. */
function policyFor(script, style) {
  return [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "connect-src 'self'",
    'img-src data:',
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
  const outDirectory = process.argv[2];
  if (!outDirectory) {
    console.error('usage: node web/build.mjs <outDirectory>');
    process.exit(2);
  }
  const { html, csp } = await buildMonitorPage();
  await mkdir(outDirectory, { recursive: true });
  await writeFile(join(outDirectory, 'monitor.html'), html);
  await writeFile(join(outDirectory, 'monitor-csp.txt'), csp);
}
