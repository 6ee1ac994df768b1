/**
 * Builds the plugin: the connector with it, in one folder; OpenClaw itself is what loads it.
 *
 *     node packages/openclaw-plugin/build.mjs
 */
import { build } from 'esbuild';
import { buildInPlace, commandOptions, sourcesOfClient } from '../build-in-place.mjs';

const options = commandOptions(import.meta.url, 'PLUGIN_VERSION');

await buildInPlace(import.meta.url, ['eventsource-parser'], (outdir) =>
  build({
    ...options,
    entryPoints: ['src/index.ts'],
    outdir,
    splitting: true,
    external: ['openclaw', 'openclaw/*', ...options.external],
    alias: sourcesOfClient,
  }),
);
