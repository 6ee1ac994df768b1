import { expectKnownProperties } from '../template/known-properties';
import type { MockIntegration, MockResponse } from './mock-integration';

/** What answers a REST method. */
export type RestIntegration =
  | { kind: 'function'; functionArn: string; streaming: boolean; timeoutMs: number }
  | MockIntegration;

/** API Gateway's limits: 29 s for a buffered answer, 15 minutes for a streamed one. */
const MAX_BUFFERED_TIMEOUT_MS = 29_000;
const MAX_STREAM_TIMEOUT_MS = 900_000;

const FUNCTION_URI =
  /^arn:[^:]+:apigateway:[^:]+:lambda:path\/(2015-03-31|2021-11-15)\/functions\/(.+)\/(invocations|response-streaming-invocations)$/;

interface IntegrationProperties {
  Type: string;
  Uri?: string;
  IntegrationHttpMethod?: string;
  ResponseTransferMode?: string;
  TimeoutInMillis?: number;
  PassthroughBehavior?: string;
  RequestTemplates?: Record<string, string>;
  IntegrationResponses?: Array<{
    StatusCode: string;
    SelectionPattern?: string;
    ResponseParameters?: Record<string, string>;
    ResponseTemplates?: Record<string, string>;
  }>;
}

/** Reads a method's `Integration`; throws on what the local host cannot carry out. */
export function readIntegration(logicalId: string, value: unknown): RestIntegration {
  const integration = value as IntegrationProperties | undefined;
  if (integration?.Type === 'AWS_PROXY') return readFunctionIntegration(logicalId, integration);
  if (integration?.Type === 'MOCK') return readMockIntegration(logicalId, integration);
  throw new Error(`${logicalId}: the local host does not know integrations of type ${integration?.Type}`);
}

function readFunctionIntegration(logicalId: string, integration: IntegrationProperties): RestIntegration {
  expectKnownProperties(logicalId, integration, [
    'Type',
    'Uri',
    'IntegrationHttpMethod',
    'ResponseTransferMode',
    'TimeoutInMillis',
  ]);
  const [, version, functionArn, action] = FUNCTION_URI.exec(integration.Uri ?? '') ?? [];
  if (!functionArn) throw new Error(`${logicalId}: not a function's integration URI: ${integration.Uri}`);
  if (integration.IntegrationHttpMethod !== 'POST') {
    throw new Error(
      `${logicalId}: functions are invoked with POST, not ${integration.IntegrationHttpMethod}`,
    );
  }
  const streaming = integration.ResponseTransferMode === 'STREAM';
  if (
    streaming !== (action === 'response-streaming-invocations') ||
    streaming !== (version === '2021-11-15')
  ) {
    throw new Error(
      `${logicalId}: transfer mode ${integration.ResponseTransferMode} does not fit ${integration.Uri}`,
    );
  }
  const maximumMs = streaming ? MAX_STREAM_TIMEOUT_MS : MAX_BUFFERED_TIMEOUT_MS;
  const timeoutMs = Number(integration.TimeoutInMillis ?? MAX_BUFFERED_TIMEOUT_MS);
  if (timeoutMs > maximumMs)
    throw new Error(`${logicalId}: a timeout of ${timeoutMs} ms is over ${maximumMs}`);
  return { kind: 'function', functionArn, streaming, timeoutMs };
}

function readMockIntegration(logicalId: string, integration: IntegrationProperties): RestIntegration {
  expectKnownProperties(
    logicalId,
    integration,
    ['Type', 'PassthroughBehavior', 'RequestTemplates', 'IntegrationResponses'],
    ['TimeoutInMillis'],
  );
  const responses = (integration.IntegrationResponses ?? []).map((response): MockResponse => {
    expectKnownProperties(logicalId, response, [
      'StatusCode',
      'SelectionPattern',
      'ResponseParameters',
      'ResponseTemplates',
    ]);
    return {
      status: Number(response.StatusCode),
      selectionPattern: response.SelectionPattern,
      headers: readHeaders(logicalId, response.ResponseParameters ?? {}),
      templates: response.ResponseTemplates ?? {},
    };
  });
  return {
    kind: 'mock',
    requestTemplates: new Map(Object.entries(integration.RequestTemplates ?? {})),
    passthrough: (integration.PassthroughBehavior ?? 'WHEN_NO_MATCH') as MockIntegration['passthrough'],
    responses,
  };
}

function readHeaders(logicalId: string, parameters: Record<string, string>): Record<string, string> {
  const prefix = 'method.response.header.';
  return Object.fromEntries(
    Object.entries(parameters).map(([name, source]) => {
      if (!name.startsWith(prefix)) throw new Error(`${logicalId}: unknown response parameter ${name}`);
      return [name.slice(prefix.length), source];
    }),
  );
}
