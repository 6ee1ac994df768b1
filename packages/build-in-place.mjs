/** What the `build.mjs` of the packages share: each is built apart and put in place whole; those that are a command are bundled alike. */
import { readFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Builds the package of a `build.mjs`: `work` writes into the folder that it is given, which becomes `dist`, so that whoever uses
 * the package meanwhile finds one whole build. An installation without the packages of `needs` got it built.
 */
export async function buildInPlace(buildFile, needs, work) {
  const here = dirname(fileURLToPath(buildFile));
  if (!needs.every((name) => isInstalled(buildFile, name))) {
    const { name } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
    console.error(`${name} is not built here: its development dependencies are not installed.`);
    return;
  }
  const dist = join(here, 'dist');
  const next = join(here, `dist.${process.pid}.tmp`);
  try {
    await work(next);
    await rm(dist, { recursive: true, force: true });
    await rename(next, dist);
  } finally {
    await rm(next, { recursive: true, force: true });
  }
}

function isInstalled(from, name) {
  try {
    createRequire(from).resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** esbuild's options for a command of Node.js with everything in it; `versionName` is the constant that holds its version. */
export function commandOptions(buildFile, versionName) {
  const here = dirname(fileURLToPath(buildFile));
  const { version } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
  return {
    absWorkingDir: here,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    charset: 'utf8',
    legalComments: 'linked',
    logLevel: 'warning',
    define: { [versionName]: JSON.stringify(version) },
    external: ['bufferutil', 'utf-8-validate'],
    // What is CommonJS in it asks for Node.js's own modules by `require`.
    banner: {
      js: "import { createRequire as createRequireHere } from 'node:module'; const require = createRequireHere(import.meta.url);",
    },
  };
}

const sourceOfClient = (file) => fileURLToPath(new URL(`client/src/${file}`, import.meta.url));

/** The library's entries as their sources, for whoever bundles them: `alias` of esbuild. */
export const sourcesOfClient = {
  'agenttown-relay-client/runtime': sourceOfClient('node/runtime.ts'),
  'agenttown-relay-client/sealed': sourceOfClient('sealed.ts'),
  'agenttown-relay-client/file-store': sourceOfClient('file-store.ts'),
};
