/** Builds the two scripts of the simulation: the world, and the functions that run in it. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { build, type Plugin } from 'esbuild';

const root = join(__dirname, '..', '..');
const here = (file: string) => join(root, 'test/simulation', file);

/** A change to a source file, by which the world is shown that it can fail. */
export interface Patch {
  /** From the project's root. */
  file: string;
  /** Must stand in the file exactly once. */
  find: string;
  replace: string;
}

/** What reaches AWS, by its place in `lambdas/aws`: all of it is `simulated.adapters`. */
const adapters =
  /^(.*-table|dynamo\/dynamo|http\/broken-streams|monitor\/recorder|observe\/(log|metrics)|presence\/(guard-queue|sockets)|sdk\/connections)$/;

/** The functions' code, as a script whose value is a function of `simulated` and `require` that gives the handlers. */
async function buildFunctions(patches: Patch[] = []): Promise<string> {
  const applied = new Set<Patch>();
  const ofFunctions = patches.filter(({ file }) => !isOfWorld(file));
  const built = await build({
    entryPoints: [here('functions/handlers.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    define: {
      'Date.now': 'simulated.now',
      setTimeout: 'simulated.setTimeout',
      clearTimeout: 'simulated.clearTimeout',
      awslambda: 'simulated.awslambda',
      'process.env': 'simulated.env',
    },
    plugins: [sameHashes(), standingIn(), patching(ofFunctions, applied)],
    logLevel: 'error',
  });
  const missing = ofFunctions.find((patch) => !applied.has(patch));
  if (missing) throw new Error(`${missing.file} is not part of the functions' code.`);
  return `(function (simulated, require) { const module = { exports: {} }; ${built.outputFiles[0]!.text}\nreturn module.exports; })`;
}

/** Fails where a patch does not fit its file any more. */
export async function checkPatch(patch: Patch): Promise<void> {
  patched(await readFile(join(root, patch.file), 'utf8'), patch);
}

/** Where the scripts are written: below the project, so that they find its packages. */
const outDirectory = join(root, 'dist', 'simulation');

/** Builds the functions' code and writes it; gives the file. */
export async function writeFunctions(name: string, patches: Patch[] = []): Promise<string> {
  await mkdir(outDirectory, { recursive: true });
  const file = join(outDirectory, `${name}.js`);
  await writeFile(file, await buildFunctions(patches));
  return file;
}

/** Builds the world's own code, as a CommonJS script; gives the file. */
export async function writeWorld(name: string, patches: Patch[] = []): Promise<string> {
  const outfile = join(outDirectory, `${name}.js`);
  await build({
    entryPoints: [here('main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['zod', 'zod/*'],
    plugins: [sameHashes(), countingChanges(patches.filter(({ file }) => isOfWorld(file)))],
    sourcemap: 'inline',
    logLevel: 'error',
  });
  return outfile;
}

/** The memory stores stand for the conditions of DynamoDB's writes: they are part of the world. */
const isOfWorld = (file: string) => file.startsWith('test/');

/** Builds the memory stores over maps that count their changes, and with the patches that concern them. */
function countingChanges(patches: Patch[]): Plugin {
  const counted = `import { CountedMap as Map } from ${JSON.stringify(here('world/changes.ts'))};\n`;
  return {
    name: 'counting changes',
    setup({ onLoad }) {
      onLoad({ filter: /[/\\]test[/\\]support[/\\]memory[/\\]/ }, async ({ path }) => {
        const own = patches.filter(({ file }) => path === join(root, file));
        return { contents: counted + own.reduce(patched, await readFile(path, 'utf8')), loader: 'ts' };
      });
    },
  };
}

/** A source text with a patch: one that has gone stale fails the build. */
function patched(contents: string, { file, find, replace }: Patch): string {
  const places = contents.split(find).length - 1;
  if (places !== 1) throw new Error(`${file} has the text of a patch ${places} times: ${find}`);
  return contents.replace(find, () => replace);
}

/** The core hashes in the world's own way, whichever of the two scripts it is part of. */
function sameHashes(): Plugin {
  return {
    name: 'same hashes',
    setup({ onResolve }) {
      onResolve({ filter: /^node:crypto$/ }, ({ importer }) =>
        importer.startsWith(here('')) ? undefined : { path: here('functions/crypto.ts') },
      );
    },
  };
}

/** Puts the world's adapters in the place of those that reach AWS. */
function standingIn(): Plugin {
  const adapter = { path: 'adapters', namespace: 'simulated' };
  return {
    name: 'stand-ins',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^@aws-sdk\/client-secrets-manager$/ }, () => adapter);
      onResolve({ filter: /^\./ }, ({ path, resolveDir }) =>
        adapters.test(relative(join(root, 'lambdas/aws'), join(resolveDir, path))) ? adapter : undefined,
      );
      onLoad({ filter: /.*/, namespace: 'simulated' }, () => ({
        contents: 'module.exports = simulated.adapters;',
      }));
      onLoad({ filter: /lambdas[/\\]aws[/\\]composition\.ts$/ }, async ({ path }) => {
        const contents = await readFile(path, 'utf8');
        // Once for each instance: all instances of a world share one script.
        const changed = contents.replace(/^const once = [\s\S]*?^};$/m, 'const once = simulated.once;');
        if (changed === contents) throw new Error('The composition root makes its parts in another way now.');
        return { contents: changed, loader: 'ts' };
      });
    },
  };
}

/** Applies patches, each exactly once: one that has gone stale fails the build. */
function patching(patches: Patch[], applied: Set<Patch>): Plugin {
  return {
    name: 'patches',
    setup({ onLoad }) {
      for (const file of new Set(patches.map((patch) => patch.file))) {
        const filter = new RegExp(`[/\\\\]${file.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
        onLoad({ filter }, async ({ path }) => {
          const own = patches.filter((each) => each.file === file);
          const contents = own.reduce(patched, await readFile(path, 'utf8'));
          for (const patch of own) applied.add(patch);
          return { contents, loader: 'ts' };
        });
      }
    },
  };
}
