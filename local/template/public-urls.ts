import type { Resolver } from '../types';
import { REGION, URL_SUFFIX } from './attributes';

/** Where this host is reached, without a slash at the end. */
export interface PublicUrls {
  /** `http://127.0.0.1:8787`. */
  http: string;
  /** `ws://127.0.0.1:8787`; a stage's name follows. */
  webSocket: string;
}

/** The URLs of a host. Listening on every address is shown as loopback; `publicUrl` wins over what is listened on. */
export function publicUrls(host: string, port: number, publicUrl?: string): PublicUrls {
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const http =
    publicUrl?.replace(/\/+$/, '') ?? `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`;
  return { http, webSocket: http.replace(/^http/, 'ws') };
}

/**
 * What the stage URLs of the cloud are here: the REST stage is the root of the port, a WebSocket stage a path below
 * it. A distribution is the port itself.
 */
export function localStageUrls(resolver: Resolver, urls: PublicUrls): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (const { logicalId } of resolver.ofType('AWS::CloudFront::Distribution')) {
    const host = resolver.resolve<string>({ 'Fn::GetAtt': [logicalId, 'DomainName'] });
    pairs[`https://${host}`] = urls.http;
    pairs[`wss://${host}`] = urls.webSocket;
  }
  const stages = resolver.ofType<{ RestApiId: string; StageName: string }>('AWS::ApiGateway::Stage');
  for (const { properties } of stages) {
    pairs[`https://${properties.RestApiId}.execute-api.${REGION}.${URL_SUFFIX}/${properties.StageName}`] =
      urls.http;
  }
  const socketStages = resolver.ofType<{ ApiId: string; StageName: string }>('AWS::ApiGatewayV2::Stage');
  for (const { properties } of socketStages) {
    pairs[`wss://${properties.ApiId}.execute-api.${REGION}.${URL_SUFFIX}/${properties.StageName}`] =
      `${urls.webSocket}/${properties.StageName}`;
  }
  return pairs;
}
