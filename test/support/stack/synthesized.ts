/** The real stack, synthesized for tests. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { context as featureFlags } from '../../../cdk.json';
import { readOptions } from '../../../lib/options/options';
import { PairingStack } from '../../../lib/pairing-stack';
import { loadAssembly } from '../../../local/template/assembly';
import type { Assembly } from '../../../local/types';

type Context = Record<string, unknown>;

/** The stack's template without function bundles: fast, and free of asset hashes. */
export function stackTemplate(context: Context = {}): Template {
  const app = new App({ context: { ...featureFlags, ...context, 'aws:cdk:bundling-stacks': [] } });
  return Template.fromStack(new PairingStack(app, readOptions(app.node).stackName));
}

/** The app that holds the stack, not yet synthesized; with bundles only when functions are to run. */
export function stackApp(
  context: Context = {},
  { bundled = true, under = tmpdir() } = {},
): { app: App; outdir: string } {
  const outdir = mkdtempSync(join(under, 'pairing-assembly-'));
  const bundling = bundled ? {} : { 'aws:cdk:bundling-stacks': [] };
  const app = new App({
    outdir,
    analyticsReporting: false,
    context: { ...featureFlags, ...context, ...bundling },
  });
  new PairingStack(app, readOptions(app.node).stackName);
  return { app, outdir };
}

/** The stack as a cloud assembly on disk. */
export function stackAssembly(context: Context = {}, { bundled = true, under = tmpdir() } = {}): Assembly {
  const { app, outdir } = stackApp(context, { bundled, under });
  app.synth();
  return loadAssembly(outdir);
}

/** Gives an assembly the template of other options; its function bundles, which are the same, stay as they are. */
export function withOptions(assembly: Assembly, context: Context): void {
  const { template } = stackAssembly(context, { bundled: false });
  for (const [id, { Type, Properties }] of Object.entries(template.Resources)) {
    if (Type === 'AWS::Lambda::Function')
      Properties!.Code = assembly.template.Resources[id]!.Properties!.Code;
  }
  assembly.template = template;
}
