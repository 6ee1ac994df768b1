import { randomBytes } from 'node:crypto';
import { headerOf, mediaType, type RestRequest, requestTime } from '../http/gateway-request';
import { allValues, byName } from '../http/name-values';
import { ACCOUNT_ID } from '../template/attributes';
import type { RestRoute } from './rest-routes';

/** The API and the stage that a request came to. */
export interface RestStage {
  apiId: string;
  name: string;
  /** Null where the stage has none, as in the event. */
  variables: Record<string, string> | null;
  /** Media types whose bodies travel in base64; any, where the list holds the wildcard type. */
  binaryMediaTypes: readonly string[];
}

/**
 * The event of a Lambda proxy integration of a REST API (payload format 1.0), complete. Path parameters and `path`
 * stay as the caller encoded them; query parameters are decoded.
 */
export function restEvent(
  request: RestRequest,
  route: RestRoute,
  pathParameters: Record<string, string>,
  stage: RestStage,
  body: Buffer,
): Record<string, unknown> {
  const contentType = mediaType(headerOf(request, 'content-type'));
  const binary = body.length > 0 && isBinary(stage.binaryMediaTypes, contentType);
  const headers = withForwarding(request);
  return {
    resource: route.resourcePath,
    path: request.path,
    httpMethod: request.method,
    headers: byName(headers),
    multiValueHeaders: allValues(headers),
    queryStringParameters: orNull(byName(request.query)),
    multiValueQueryStringParameters: orNull(allValues(request.query)),
    pathParameters: orNull(pathParameters),
    stageVariables: stage.variables,
    requestContext: requestContext(request, route, stage),
    body: body.length === 0 ? null : body.toString(binary ? 'base64' : 'utf8'),
    isBase64Encoded: binary,
  };
}

function requestContext(request: RestRequest, route: RestRoute, stage: RestStage): Record<string, unknown> {
  return {
    accountId: ACCOUNT_ID,
    apiId: stage.apiId,
    domainName: request.host,
    domainPrefix: request.host.split(/[.:]/)[0],
    extendedRequestId: request.extendedRequestId,
    httpMethod: request.method,
    identity: {
      accessKey: null,
      accountId: null,
      caller: null,
      cognitoAuthenticationProvider: null,
      cognitoAuthenticationType: null,
      cognitoIdentityId: null,
      cognitoIdentityPoolId: null,
      principalOrgId: null,
      sourceIp: request.sourceIp,
      user: null,
      userAgent: request.userAgent ?? null,
      userArn: null,
    },
    path: `/${stage.name}${request.path}`,
    protocol: request.protocol,
    requestId: request.requestId,
    requestTime: requestTime(request.receivedAt),
    requestTimeEpoch: request.receivedAt.getTime(),
    resourceId: route.resourceId,
    resourcePath: route.resourcePath,
    stage: stage.name,
  };
}

/** What API Gateway adds: who called, and a trace id. A caller's own X-Forwarded-For stays in front. */
function withForwarding(request: RestRequest): Array<[string, string]> {
  const kept = request.headers.filter(([name]) => !FORWARDING.has(name.toLowerCase()));
  const before = headerOf(request, 'x-forwarded-for');
  return [
    ...kept,
    ['X-Amzn-Trace-Id', headerOf(request, 'x-amzn-trace-id') ?? traceId(request.receivedAt)],
    ['X-Forwarded-For', before ? `${before}, ${request.sourceIp}` : request.sourceIp],
    ['X-Forwarded-Port', '443'],
    ['X-Forwarded-Proto', 'https'],
  ];
}

const FORWARDING = new Set([
  'connection',
  'x-amzn-trace-id',
  'x-forwarded-for',
  'x-forwarded-port',
  'x-forwarded-proto',
]);

function traceId(date: Date): string {
  const seconds = Math.floor(date.getTime() / 1000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString('hex')}`;
}

/** Whether a body of this media type travels in base64. */
export function isBinary(binaryMediaTypes: readonly string[], contentType: string | undefined): boolean {
  return binaryMediaTypes.some((type) => {
    if (type === '*/*') return true;
    if (!contentType) return false;
    return type.endsWith('/*') ? contentType.startsWith(type.slice(0, -1)) : type === contentType;
  });
}

function orNull<T extends object>(values: T): T | null {
  return Object.keys(values).length > 0 ? values : null;
}
