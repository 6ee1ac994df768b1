/**
 * Builds the package: one file for each entry, with everything in it, and the types.
 *
 *     node packages/client/build.mjs
 */
import { spawnSync } from 'node:child_process';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
/** Built apart, then put in place: whoever uses the package meanwhile finds one whole build. */
const dist = join(here, 'dist');
const next = join(here, `dist.${process.pid}.tmp`);
const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  keepNames: false,
  format: 'esm',
  target: 'es2022',
  charset: 'utf8',
  logLevel: 'warning',
};

/** Bundles the entries. */
async function bundle() {
  await build({
    ...common,
    entryPoints: ['src/app.ts', 'src/runtime.ts'],
    outdir: next,
    platform: 'neutral',
    mainFields: ['module', 'main'],
  });
  await build({
    ...common,
    entryPoints: ['src/node/app.ts', 'src/node/runtime.ts', 'src/file-store.ts'],
    outdir: join(next, 'node'),
    entryNames: '[name]',
    platform: 'node',
    plugins: [
      {
        name: 'ws-apart',
        setup: ({ onResolve }) =>
          onResolve({ filter: /^\.\/ws$/ }, () => ({ path: './ws.js', external: true })),
      },
    ],
  });
  await build({
    ...common,
    entryPoints: ['src/node/ws.ts'],
    outdir: join(next, 'node'),
    platform: 'node',
    external: ['bufferutil', 'utf-8-validate'],
    // `ws` is CommonJS and asks for Node.js's own modules by `require`.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
}

/** Writes the declarations; relative imports in them get the ending that Node.js's rules ask for. */
async function declare() {
  const types = join(next, 'types');
  const compiler = join(
    dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
    'bin',
    'tsc',
  );
  const { status } = spawnSync(process.execPath, [compiler, '-p', here, '--outDir', types], {
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('The types could not be written.');
  for (const file of await readdir(types, { recursive: true })) {
    if (!file.endsWith('.d.ts')) continue;
    const text = await readFile(join(types, file), 'utf8');
    await writeFile(join(types, file), text.replaceAll(/(from ['"])(\.[^'"]+)(['"])/g, '$1$2.js$3'));
  }
}

/** An installation without development dependencies gets the package built. */
function canBuild() {
  try {
    for (const name of ['eventsource-parser/package.json', 'typescript/package.json'])
      createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (canBuild()) {
    try {
      await bundle();
      await declare();
      await rm(dist, { recursive: true, force: true });
      await rename(next, dist);
    } finally {
      await rm(next, { recursive: true, force: true });
    }
  } else
    console.error(
      'agenttown-relay-client is not built here: its development dependencies are not installed.',
    );
}
