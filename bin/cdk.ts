import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathWithTools } from '../local/template/assembly';
import { Failure } from './failure';

/** Where `cdk.json` and the CDK app are, wherever this package was installed. */
const packageDirectory = resolve(__dirname, '..');

/** What the AWS CDK is run for. */
export interface CdkRun {
  /** As `deploy` or `destroy`, with its own flags. */
  args: string[];
  /** Options of the stack. */
  context: Record<string, string>;
  profile: string | undefined;
  region: string | undefined;
  /** Sends what the CDK says to standard error, so that standard output is this command's alone. */
  quiet: boolean;
}

/** Runs the AWS CDK that this package brings along. Throws when it ends badly; it has said why by then. */
export async function runCdk({ args, context, profile, region, quiet }: CdkRun): Promise<void> {
  const output = mkdtempSync(join(tmpdir(), 'agenttown-cdk-'));
  const command = [
    join(dirname(require.resolve('aws-cdk/package.json')), 'bin', 'cdk'),
    ...args,
    '--output',
    output,
    ...Object.entries(context).flatMap(([key, value]) => ['--context', `${key}=${value}`]),
    ...(profile ? ['--profile', profile] : []),
  ];
  try {
    const code = await new Promise<number | null>((done, fail) => {
      const cdk = spawn(process.execPath, command, {
        cwd: packageDirectory,
        stdio: ['inherit', quiet ? 2 : 'inherit', 'inherit'],
        // `cdk.json` names the app's command by `tsx`, which lies where npm put it.
        env: {
          ...process.env,
          PATH: pathWithTools(packageDirectory),
          ...(region ? { AWS_REGION: region, CDK_DEFAULT_REGION: region } : {}),
        },
      });
      cdk.on('error', fail);
      cdk.on('close', done);
    });
    if (code !== 0) throw new Failure(`cdk ${args[0]} did not succeed; what it said stands above.`);
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
}
