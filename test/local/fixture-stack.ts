import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, type Duration, Stack } from 'aws-cdk-lib';
import {
  LambdaIntegration,
  ResponseTransferMode,
  RestApi,
  type RestApiProps,
} from 'aws-cdk-lib/aws-apigateway';
import { WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Code, type FunctionProps, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { loadAssembly } from '../../local/template/assembly';
import type { Assembly } from '../../local/types';

/** Synthesizes a stack that a test builds. */
export function fixtureAssembly(build: (stack: Stack) => void): Assembly {
  const outdir = mkdtempSync(path.join(tmpdir(), 'local-fixture-'));
  const app = new App({ outdir, analyticsReporting: false });
  build(new Stack(app, 'Fixture'));
  app.synth();
  return loadAssembly(outdir);
}

/** A function whose code stands in the test: the body of its async handler, which sees `event` and `context`. */
export function fixtureFunction(
  stack: Stack,
  id: string,
  body: string,
  props: Partial<FunctionProps> = {},
): LambdaFunction {
  return rawFunction(stack, id, `exports.handler = async (event, context) => {\n${body}\n};`, props);
}

/** A streaming function: its handler sees `event`, `context` and `stream`, which has no metadata yet. */
export function streamingFunction(
  stack: Stack,
  id: string,
  body: string,
  props: Partial<FunctionProps> = {},
): LambdaFunction {
  const code = `exports.handler = awslambda.streamifyResponse(async (event, stream, context) => {\n${body}\n});`;
  return rawFunction(stack, id, code, props);
}

function rawFunction(stack: Stack, id: string, code: string, props: Partial<FunctionProps>): LambdaFunction {
  return new LambdaFunction(stack, id, {
    code: Code.fromInline(code),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
    ...props,
  });
}

/** A REST API without routes, stage `v1`. */
export function fixtureRestApi(stack: Stack, props: RestApiProps = {}): RestApi {
  return new RestApi(stack, 'Rest', {
    cloudWatchRole: false,
    ...props,
    deployOptions: { stageName: 'v1', ...props.deployOptions },
  });
}

/** Leads a method of a path to a function. */
export function route(
  api: RestApi,
  method: string,
  resourcePath: string,
  target: LambdaFunction,
  options: { stream?: boolean; timeout?: Duration } = {},
): void {
  api.root.resourceForPath(resourcePath).addMethod(
    method,
    new LambdaIntegration(target, {
      ...(options.stream && { responseTransferMode: ResponseTransferMode.STREAM }),
      ...(options.timeout && { timeout: options.timeout }),
    }),
  );
}

/** A WebSocket API with stage `relay` and its three routes on one function. */
export function fixtureSockets(stack: Stack, target: LambdaFunction): WebSocketStage {
  const integration = () => new WebSocketLambdaIntegration('Sockets', target);
  const webSocketApi = new WebSocketApi(stack, 'Sockets', {
    connectRouteOptions: { integration: integration() },
    disconnectRouteOptions: { integration: integration() },
    defaultRouteOptions: { integration: integration() },
  });
  return new WebSocketStage(stack, 'Relay', { webSocketApi, stageName: 'relay', autoDeploy: true });
}
