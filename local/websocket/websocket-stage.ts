import { TokenBucket } from '../http/token-bucket';
import { expectKnownProperties } from '../template/known-properties';
import type { Resolver } from '../types';
import { readWebSocketRoutes, routeSelector, type WebSocketRoute } from './websocket-routes';

interface StageProperties {
  ApiId: string;
  StageName: string;
  DefaultRouteSettings?: { ThrottlingRateLimit?: number; ThrottlingBurstLimit?: number };
}

/** One stage of a WebSocket API, with its API's routes. */
export interface WebSocketStage {
  apiId: string;
  name: string;
  /** By their keys. */
  routes: ReadonlyMap<string, WebSocketRoute>;
  /** The route of a message. */
  select(body: string): WebSocketRoute | undefined;
  /** Handshakes and messages of all connections together; undefined where the template sets none. */
  throttle: TokenBucket | undefined;
}

/** Reads a stage and its API. Throws on what the local host cannot carry out. */
export function readWebSocketStage(
  resolver: Resolver,
  logicalId: string,
  properties: Record<string, unknown>,
): WebSocketStage {
  expectKnownProperties(
    logicalId,
    properties,
    ['ApiId', 'StageName', 'AutoDeploy', 'DeploymentId', 'DefaultRouteSettings'],
    ['AccessLogSettings', 'Description', 'Tags'],
  );
  const { ApiId, StageName, DefaultRouteSettings: settings } = properties as unknown as StageProperties;
  const api = resolver
    .ofType('AWS::ApiGatewayV2::Api')
    .find((candidate) => resolver.ref(candidate.logicalId) === ApiId)!;
  expectKnownProperties(
    api.logicalId,
    api.properties,
    ['Name', 'ProtocolType', 'RouteSelectionExpression'],
    ['Description', 'DisableExecuteApiEndpoint', 'Tags', 'IpAddressType'],
  );
  if (api.properties.ProtocolType !== 'WEBSOCKET') {
    throw new Error(
      `${api.logicalId}: the local host knows no API of protocol ${api.properties.ProtocolType}`,
    );
  }
  const routes = readWebSocketRoutes(resolver, ApiId);
  return {
    apiId: ApiId,
    name: StageName,
    routes,
    select: routeSelector(String(api.properties.RouteSelectionExpression), routes),
    throttle: throttleOf(settings),
  };
}

function throttleOf(settings: StageProperties['DefaultRouteSettings']): TokenBucket | undefined {
  const rate = settings?.ThrottlingRateLimit;
  const burst = settings?.ThrottlingBurstLimit ?? rate;
  return burst === undefined ? undefined : new TokenBucket(Number(rate ?? burst), Number(burst));
}
