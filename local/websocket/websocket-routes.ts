import { expectKnownProperties } from '../template/known-properties';
import type { Resolver } from '../types';

/** One route of a WebSocket API. */
export interface WebSocketRoute {
  /** `$connect`, `$disconnect`, `$default` or what the selection expression gives. */
  routeKey: string;
  functionArn: string;
  timeoutMs: number;
  /** Whether the function's answer goes back to the client; `$connect` and `$disconnect` never send one. */
  responds: boolean;
}

interface RouteProperties {
  ApiId: string;
  RouteKey: string;
  Target: string;
  AuthorizationType?: string;
  RouteResponseSelectionExpression?: string;
}

interface IntegrationProperties {
  ApiId: string;
  IntegrationType: string;
  IntegrationUri: string;
  TimeoutInMillis?: number;
}

/** WebSocket integrations end after 29 s at most, and by default. */
const MAX_TIMEOUT_MS = 29_000;

const FUNCTION_URI = /^arn:[^:]+:apigateway:[^:]+:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/;

/** The routes of a WebSocket API by their keys. */
export function readWebSocketRoutes(resolver: Resolver, apiId: string): Map<string, WebSocketRoute> {
  const integrations = new Map(
    resolver
      .ofType<IntegrationProperties>('AWS::ApiGatewayV2::Integration')
      .map(({ logicalId, properties }) => [
        `integrations/${resolver.ref(logicalId)}`,
        { logicalId, properties },
      ]),
  );
  const routes = new Map<string, WebSocketRoute>();
  for (const { logicalId, properties } of resolver.ofType<RouteProperties>('AWS::ApiGatewayV2::Route')) {
    if (properties.ApiId !== apiId) continue;
    expectKnownProperties(
      logicalId,
      properties,
      ['ApiId', 'RouteKey', 'Target', 'AuthorizationType', 'RouteResponseSelectionExpression'],
      ['OperationName'],
    );
    if ((properties.AuthorizationType ?? 'NONE') !== 'NONE') {
      throw new Error(`${logicalId}: the local host knows no authorizers`);
    }
    const integration = integrations.get(properties.Target);
    if (!integration) throw new Error(`${logicalId}: no integration ${properties.Target}`);
    routes.set(properties.RouteKey, {
      routeKey: properties.RouteKey,
      ...readIntegration(integration.logicalId, integration.properties),
      responds:
        properties.RouteResponseSelectionExpression !== undefined &&
        properties.RouteKey !== '$connect' &&
        properties.RouteKey !== '$disconnect',
    });
  }
  return routes;
}

function readIntegration(
  logicalId: string,
  properties: IntegrationProperties,
): { functionArn: string; timeoutMs: number } {
  expectKnownProperties(
    logicalId,
    properties,
    ['ApiId', 'IntegrationType', 'IntegrationUri', 'TimeoutInMillis'],
    ['Description', 'IntegrationMethod', 'PayloadFormatVersion'],
  );
  const [, functionArn] = FUNCTION_URI.exec(properties.IntegrationUri ?? '') ?? [];
  if (properties.IntegrationType !== 'AWS_PROXY' || !functionArn) {
    throw new Error(
      `${logicalId}: the local host knows only proxy integrations of functions on a WebSocket API`,
    );
  }
  const timeoutMs = Number(properties.TimeoutInMillis ?? MAX_TIMEOUT_MS);
  if (timeoutMs > MAX_TIMEOUT_MS) {
    throw new Error(`${logicalId}: a timeout of ${timeoutMs} ms is over ${MAX_TIMEOUT_MS}`);
  }
  return { functionArn, timeoutMs };
}

/**
 * The route of a message: what the selection expression finds in its JSON body where that is a route's key, else
 * `$default`.
 */
export function routeSelector(
  expression: string,
  routes: ReadonlyMap<string, WebSocketRoute>,
): (body: string) => WebSocketRoute | undefined {
  const fallback = routes.get('$default');
  const hasOwnKeys = [...routes.keys()].some((key) => !key.startsWith('$'));
  // Without keys of its own the API leads every message to `$default`: then no body need be parsed.
  if (!hasOwnKeys) return () => fallback;
  const [, path] = /^\$request\.body\.([\w.]+)$/.exec(expression) ?? [];
  if (!path) throw new Error(`The local host does not know the route selection expression ${expression}`);
  return (body) => routes.get(String(valueAt(body, path.split('.')))) ?? fallback;
}

function valueAt(body: string, path: string[]): unknown {
  try {
    return path.reduce<unknown>(ownMember, JSON.parse(body));
  } catch {
    return undefined;
  }
}

function ownMember(value: unknown, name: string): unknown {
  const isThere = typeof value === 'object' && value !== null && Object.hasOwn(value, name);
  return isThere ? (value as Record<string, unknown>)[name] : undefined;
}
