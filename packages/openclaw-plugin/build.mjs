/**
 * Builds the plugin: the connector with it, in one folder; OpenClaw itself is what loads it.
 *
 *     node packages/openclaw-plugin/build.mjs
 */
import { readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, 'dist');
const next = join(here, `dist.${process.pid}.tmp`);
const { version } = JSON.parse(await readFile(join(here, 'package.json'), 'utf8'));

/** An installation without development dependencies gets the package built. */
function canBuild() {
  try {
    createRequire(import.meta.url).resolve('eventsource-parser');
    return true;
  } catch {
    return false;
  }
}

if (canBuild()) {
  try {
    await build({
      absWorkingDir: here,
      entryPoints: ['src/index.ts'],
      outdir: next,
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      charset: 'utf8',
      legalComments: 'linked',
      logLevel: 'warning',
      define: { PLUGIN_VERSION: JSON.stringify(version) },
      external: ['openclaw', 'openclaw/*', 'bufferutil', 'utf-8-validate'],
      alias: {
        'agenttown-relay-client/runtime': join(here, '../client/src/node/runtime.ts'),
        'agenttown-relay-client/sealed': join(here, '../client/src/sealed.ts'),
        'agenttown-relay-client/file-store': join(here, '../client/src/file-store.ts'),
      },
      // What is CommonJS in it asks for Node.js's own modules by `require`.
      banner: {
        js: "import { createRequire as createRequireHere } from 'node:module'; const require = createRequireHere(import.meta.url);",
      },
    });
    await rm(dist, { recursive: true, force: true });
    await rename(next, dist);
  } finally {
    await rm(next, { recursive: true, force: true });
  }
} else console.error('agenttown-openclaw is not built here: its development dependencies are not installed.');
