import { networkInterfaces } from 'node:os';
import type { Resolver } from '../types';
import { REGION, URL_SUFFIX } from './attributes';

/** Where this host is reached, without a slash at the end. */
export interface PublicUrls {
  /** `http://127.0.0.1:8787`. */
  http: string;
  /** `ws://127.0.0.1:8787`; a stage's name follows. */
  webSocket: string;
}

/**
 * The URLs of a host, the one that it names itself by first: `publicUrl`, or where it listens. One that listens on every
 * address is named by those of this machine that a phone on the same network can use, and by loopback last.
 */
export function publicUrls(
  host: string,
  port: number,
  publicUrl?: string,
  interfaces = networkInterfaces(),
): [PublicUrls, ...PublicUrls[]] {
  if (publicUrl !== undefined) return [pairOf(publicUrl.replace(/\/+$/, ''))];
  const listensOnAll = host === '0.0.0.0' || host === '::';
  const others = listensOnAll ? lanAddresses(interfaces) : [];
  const [first, ...rest] = [...others, listensOnAll ? '127.0.0.1' : host].map((address) =>
    pairOf(`http://${address.includes(':') ? `[${address}]` : address}:${port}`),
  );
  return [first!, ...rest];
}

function pairOf(http: string): PublicUrls {
  return { http, webSocket: http.replace(/^http/, 'ws') };
}

/** The IPv4 addresses of this machine in its networks; those of private networks first, where phones are. */
function lanAddresses(interfaces: ReturnType<typeof networkInterfaces>): string[] {
  const isPrivate = (address: string) => /^(192\.168|10|172\.(1[6-9]|2\d|3[01]))\./.test(address);
  return Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter(
      ({ family, internal, address }) => family === 'IPv4' && !internal && !address.startsWith('169.254.'),
    )
    .map(({ address }) => address)
    .sort((one, other) => Number(isPrivate(other)) - Number(isPrivate(one)));
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
