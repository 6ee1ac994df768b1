/** cdk-nag over the stack. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { stackApp } from './synthesized';

/** A rule that something breaks without an acknowledgement. */
export interface Finding {
  rule: string;
  constructs: string[];
}

/** What AWS Solutions finds in the stack with these options. */
export function nagFindings(context: Record<string, string>): Finding[] {
  const { app, outdir } = stackApp(context, { bundled: false });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  try {
    app.synth();
  } catch (error) {
    // The CDK throws for findings; they are read from its report.
    if (!existsSync(join(outdir, 'validation-report.json'))) throw error;
  }
  const report = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8'));
  return report.pluginReports.flatMap(({ violations }: Report) =>
    violations.map(({ ruleName, violatingConstructs }) => ({
      rule: ruleName,
      constructs: violatingConstructs.map(({ constructPath }) => constructPath),
    })),
  );
}

interface Report {
  violations: Array<{ ruleName: string; violatingConstructs: Array<{ constructPath: string }> }>;
}
