import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Stack, Stage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { type BuildOptions, buildSync } from 'esbuild';

const root = join(__dirname, '..', '..');

/** Parts of the SDK that a function never uses, and what stands in for them (ADR 0050). */
const standIns = {
  '@aws-sdk/credential-provider-node': join(root, 'lambdas/aws/sdk/environment-credentials.ts'),
  '@smithy/core/event-streams': join(root, 'lambdas/aws/sdk/no-event-streams.ts'),
};

/**
 * How `lambdas/<entry>.ts` and all it imports become one minified ES module, each entry one. `mainFields` prefers the SDK's ES modules,
 * which tree shaking needs: a third of the size and of the import time.
 */
export function bundleOptions(...entries: string[]) {
  return {
    entryPoints: entries.map((entry) => join(root, 'lambdas', `${entry}.ts`)),
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    mainFields: ['module', 'main'],
    alias: standIns,
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    logLevel: 'error',
  } satisfies BuildOptions;
}

/** Stages, which an app is as well, whose functions are bundled already. */
const bundled = new WeakSet<Construct>();

/**
 * Bundles every handler of `lambdas/` into a folder of its own name: in one run, since what they share is most of what there is
 * to read. Each bundle is the one that it would be alone.
 */
function bundleAll(directory: string): void {
  const handlers = readdirSync(join(root, 'lambdas')).filter((name) => name.endsWith('.ts'));
  const entries = handlers.map((name) => name.slice(0, -'.ts'.length));
  buildSync({
    ...bundleOptions(...entries),
    outdir: directory,
    entryNames: '[name]/index',
    outExtension: { '.js': '.mjs' },
  });
}

/**
 * The code of a function. A stack that is synthesized without bundles (`aws:cdk:bundling-stacks`) gets an empty
 * function. A `companion` is a script of this project that writes further files beside the module:
 * `node <companion> <directory>`.
 */
export function functionBundle(scope: Construct, entry: string, companion?: string): Code {
  if (!Stack.of(scope).bundlingRequired) return Code.fromInline('// synthesized without bundles');
  const stage = Stage.of(scope)!;
  const bundles = join(stage.outdir, 'bundles');
  if (!bundled.has(stage)) bundleAll(bundles);
  bundled.add(stage);
  const directory = join(bundles, entry);
  if (companion) execFileSync(process.execPath, [join(root, companion), directory], { stdio: 'inherit' });
  return Code.fromAsset(directory);
}
