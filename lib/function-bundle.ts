import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Stack, Stage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { buildSync } from 'esbuild';

const root = join(__dirname, '..');

/**
 * The code of a function: `lambdas/<entry>.ts` and all it imports, as one minified ES module. `mainFields` prefers the
 * SDK's ES modules, which tree shaking needs: a third of the size and of the import time. A stack that is
 * synthesized without bundles (`aws:cdk:bundling-stacks`) gets an empty function.
 */
export function functionBundle(scope: Construct, entry: string): Code {
  if (!Stack.of(scope).bundlingRequired) return Code.fromInline('// synthesized without bundles');
  const directory = join(Stage.of(scope)?.outdir ?? 'cdk.out', 'bundles', entry);
  mkdirSync(directory, { recursive: true });
  buildSync({
    entryPoints: [join(root, 'lambdas', `${entry}.ts`)],
    outfile: join(directory, 'index.mjs'),
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    mainFields: ['module', 'main'],
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    logLevel: 'error',
  });
  return Code.fromAsset(directory);
}
