/**
 * Builds the command: one file with everything in it, and `ws` beside it.
 *
 *     node packages/connector/build.mjs
 */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildInPlace, commandOptions } from '../build-in-place.mjs';

const sourceOfClient = (file) => fileURLToPath(new URL(`../client/src/${file}`, import.meta.url));

await buildInPlace(import.meta.url, ['eventsource-parser'], (outdir) =>
  build({
    ...commandOptions(import.meta.url, 'CONNECTOR_VERSION'),
    entryPoints: { agenttown: 'src/main.ts' },
    outdir,
    splitting: true,
    alias: {
      'agenttown-relay-client/runtime': sourceOfClient('node/runtime.ts'),
      'agenttown-relay-client/sealed': sourceOfClient('sealed.ts'),
      'agenttown-relay-client/file-store': sourceOfClient('file-store.ts'),
    },
  }),
);
