/**
 * Builds the command: one file with everything in it.
 *
 *     node packages/conformance/build.mjs
 */
import { build } from 'esbuild';
import { buildInPlace, commandOptions } from '../build-in-place.mjs';

await buildInPlace(import.meta.url, ['eventsource-parser'], (outdir) =>
  build({
    ...commandOptions(import.meta.url, 'CONFORMANCE_VERSION'),
    entryPoints: { 'agenttown-conformance': 'src/main.ts' },
    outdir,
  }),
);
