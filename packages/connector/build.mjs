/**
 * Builds the command: one file with everything in it, and `ws` beside it.
 *
 *     node packages/connector/build.mjs
 */
import { build } from 'esbuild';
import { buildInPlace, commandOptions, sourcesOfClient } from '../build-in-place.mjs';

await buildInPlace(import.meta.url, ['eventsource-parser'], (outdir) =>
  build({
    ...commandOptions(import.meta.url, 'CONNECTOR_VERSION'),
    entryPoints: { agenttown: 'src/main.ts' },
    outdir,
    splitting: true,
    alias: sourcesOfClient,
  }),
);
