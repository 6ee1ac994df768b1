/**
 * Builds the package: one file for each entry, with everything in it, and the types.
 *
 *     node packages/client/build.mjs
 */
import { spawnSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildInPlace } from '../build-in-place.mjs';

const here = dirname(fileURLToPath(import.meta.url));
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
async function bundle(next) {
  await build({
    ...common,
    entryPoints: ['src/app.ts', 'src/runtime.ts', 'src/sealed.ts'],
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
async function declare(next) {
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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildInPlace(
    import.meta.url,
    ['eventsource-parser/package.json', '@noble/curves/ed25519.js', 'typescript/package.json'],
    async (next) => {
      await bundle(next);
      await declare(next);
    },
  );
}
