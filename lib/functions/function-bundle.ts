import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
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
 * How `lambdas/<entry>.ts` and all it imports become one minified ES module. `mainFields` prefers the SDK's ES modules,
 * which tree shaking needs: a third of the size and of the import time.
 */
export function bundleOptions(entry: string) {
  return {
    entryPoints: [join(root, 'lambdas', `${entry}.ts`)],
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

/**
 * The code of a function. A stack that is synthesized without bundles (`aws:cdk:bundling-stacks`) gets an empty
 * function. A `companion` is a script of this project that writes further files beside the module:
 * `node <companion> <directory>`.
 */
export function functionBundle(scope: Construct, entry: string, companion?: string): Code {
  if (!Stack.of(scope).bundlingRequired) return Code.fromInline('// synthesized without bundles');
  const directory = join(Stage.of(scope)?.outdir ?? 'cdk.out', 'bundles', entry);
  mkdirSync(directory, { recursive: true });
  buildSync({ ...bundleOptions(entry), outfile: join(directory, 'index.mjs') });
  if (companion) execFileSync(process.execPath, [join(root, companion), directory], { stdio: 'inherit' });
  return Code.fromAsset(directory);
}
