import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { App, Stack } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { type AwsSideOptions, startAwsSide } from '../../local/aws-side';
import { loadAssembly } from '../../local/template/assembly';
import type { Assembly, AwsSide, ConnectionsBackend } from '../../local/types';

/** A fresh directory for one test's files. */
export const temporaryDirectory = () => mkdtempSync(join(tmpdir(), 'local-host-'));

/** Synthesizes an inline stack, as the CDK app of a project would. */
export function synthesized(define: (stack: Stack) => void): Assembly {
  const outdir = temporaryDirectory();
  const app = new App({ outdir, analyticsReporting: false });
  define(new Stack(app, 'Fixture'));
  app.synth();
  return loadAssembly(outdir);
}

/** A function whose code does not matter. */
export function fn(stack: Stack, id: string): LambdaFunction {
  return new LambdaFunction(stack, id, {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('exports.handler = async () => {}'),
  });
}

/** No sockets at all: everything is gone. */
export const noConnections: ConnectionsBackend = {
  post: async () => 'gone',
  describe: () => undefined,
  disconnect: () => 'gone',
};

const running: AwsSide[] = [];

/** Starts the AWS side; `stopAll` ends it. */
export async function started(
  assembly: Assembly,
  options: Partial<AwsSideOptions> = {},
): Promise<AwsSide & { logged: string[] }> {
  const logged: string[] = [];
  const side = await startAwsSide({
    assembly,
    connections: noConnections,
    log: (line) => logged.push(line),
    ...options,
  });
  running.push(side);
  return Object.assign(side, { logged });
}

/** Ends every side that `started` began. */
export async function stopAll(): Promise<void> {
  await Promise.all(running.splice(0).map((side) => side.stop()));
}

/** The logical id of the only resource of a type whose id begins so. */
export function logicalId(assembly: Assembly, type: string, prefix = ''): string {
  const found = Object.entries(assembly.template.Resources).filter(
    ([id, resource]) => resource.Type === type && id.startsWith(prefix),
  );
  if (found.length !== 1) throw new Error(`${found.length} resources of ${type} begin with "${prefix}".`);
  return found[0]![0];
}

/** The clients of a function, made as the SDK makes them from its environment. */
export function clientsOf(side: AwsSide, functionLogicalId: string) {
  const env = side.environmentFor(functionLogicalId);
  const config = {
    endpoint: side.endpointUrl,
    region: env.AWS_REGION!,
    maxAttempts: 1,
    credentials: {
      accessKeyId: env.AWS_ACCESS_KEY_ID!,
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY!,
      sessionToken: env.AWS_SESSION_TOKEN!,
    },
  };
  return {
    dynamodb: new DynamoDBClient(config),
    secrets: new SecretsManagerClient(config),
    sockets: (apiId: string, stage: string) =>
      new ApiGatewayManagementApiClient({ ...config, endpoint: side.managementEndpoint(apiId, stage) }),
  };
}

/** Resolves once the condition holds; the test's own timeout ends a wait in vain. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((again) => setTimeout(again, 5));
}
