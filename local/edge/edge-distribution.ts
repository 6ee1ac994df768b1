/** A CloudFront distribution of the template, read as what the local edge carries out. */
import { expectKnownProperties } from '../template/known-properties';
import { wildcard } from '../template/wildcards';
import type { Resolver } from '../types';
import { functionCodes } from './function-codes';

/** What requests of one path pattern meet. */
export interface EdgeBehavior {
  fits(path: string): boolean;
  allowedMethods: readonly string[];
  origin: EdgeOrigin;
  /** Code of the function that runs at a viewer's request. */
  functionCode: string | undefined;
}

/** Where a behaviour sends requests. */
export interface EdgeOrigin {
  domainName: string;
  /** Stands in front of every path; empty or with a leading slash. */
  path: string;
  /** Headers that replace whatever a caller sent under these names. */
  customHeaders: Array<[name: string, value: string]>;
  /** How long the edge waits for the next byte of an answer. */
  readTimeoutMs: number;
}

/** A distribution: the first behaviour that fits is taken, and the last one fits everything. */
export interface EdgeDistribution {
  logicalId: string;
  id: string;
  domainName: string;
  behaviors: EdgeBehavior[];
  /** How long errors are kept, by status. */
  errorTtlSeconds: ReadonlyMap<number, number>;
}

/** The managed policies that the local edge carries out, by CloudFront's ids. */
const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const ALL_VIEWER_EXCEPT_HOST_HEADER = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';

/** CloudFront's default where the template is silent. */
const DEFAULT_READ_TIMEOUT_SECONDS = 30;

interface Behavior {
  PathPattern?: string;
  TargetOriginId: string;
  AllowedMethods?: string[];
  CachePolicyId?: string;
  OriginRequestPolicyId?: string;
  Compress?: boolean;
  FunctionAssociations?: Array<{ EventType: string; FunctionARN: string }>;
}

interface Origin {
  Id: string;
  DomainName: string;
  OriginPath?: string;
  OriginCustomHeaders?: Array<{ HeaderName: string; HeaderValue: string }>;
  CustomOriginConfig?: { OriginProtocolPolicy?: string; OriginReadTimeout?: number };
}

interface ErrorResponse {
  ErrorCode: number;
  ErrorCachingMinTTL?: number;
}

interface Config {
  Origins: Origin[];
  DefaultCacheBehavior: Behavior;
  CacheBehaviors?: Behavior[];
  CustomErrorResponses?: ErrorResponse[];
}

/** Reads the one distribution of a template; undefined where there is none. */
export function readDistribution(resolver: Resolver): EdgeDistribution | undefined {
  const distributions = resolver.ofType<{ DistributionConfig: Config }>('AWS::CloudFront::Distribution');
  const [found] = distributions;
  if (!found) return undefined;
  if (distributions.length > 1)
    throw new Error(`The local host runs one distribution, not ${distributions.length}`);
  const { logicalId, properties } = found;
  expectKnownProperties(logicalId, properties, ['DistributionConfig'], ['Tags']);
  const config = properties.DistributionConfig;
  expectKnownProperties(
    logicalId,
    config,
    ['Origins', 'DefaultCacheBehavior', 'CacheBehaviors', 'CustomErrorResponses', 'Enabled'],
    // Names, certificates, web ACLs and protocol versions of the network side; one machine has none of them.
    ['Aliases', 'Comment', 'HttpVersion', 'IPV6Enabled', 'PriceClass', 'ViewerCertificate', 'WebACLId'],
  );
  const origins = new Map(config.Origins.map((origin) => [origin.Id, readOrigin(logicalId, origin)]));
  const codes = functionCodes(resolver);
  const read = (behavior: Behavior) => readBehavior(logicalId, behavior, origins, codes);
  return {
    logicalId,
    id: resolver.ref(logicalId),
    domainName: resolver.resolve<string>({ 'Fn::GetAtt': [logicalId, 'DomainName'] }),
    errorTtlSeconds: readErrorTtls(logicalId, config.CustomErrorResponses ?? []),
    behaviors: [...(config.CacheBehaviors ?? []), config.DefaultCacheBehavior].map(read),
  };
}

function readErrorTtls(logicalId: string, responses: ErrorResponse[]): Map<number, number> {
  return new Map(
    responses.flatMap((response) => {
      // An own page or another status would be an answer that this edge does not give.
      expectKnownProperties(logicalId, response, ['ErrorCode', 'ErrorCachingMinTTL']);
      const { ErrorCode: status, ErrorCachingMinTTL: seconds } = response;
      return seconds === undefined ? [] : [[Number(status), Number(seconds)] as const];
    }),
  );
}

function readBehavior(
  logicalId: string,
  behavior: Behavior,
  origins: Map<string, EdgeOrigin>,
  codes: Map<string, string>,
): EdgeBehavior {
  expectKnownProperties(
    logicalId,
    behavior,
    [
      'PathPattern',
      'TargetOriginId',
      'AllowedMethods',
      'CachePolicyId',
      'OriginRequestPolicyId',
      'Compress',
      'FunctionAssociations',
    ],
    // The local host speaks plain HTTP on one machine; only errors are cached, and those of GET and HEAD.
    ['ViewerProtocolPolicy', 'CachedMethods'],
  );
  if (behavior.CachePolicyId !== CACHING_DISABLED || behavior.Compress)
    throw new Error(`${logicalId}: the local edge caches only errors, and compresses nothing`);
  if (behavior.OriginRequestPolicyId !== ALL_VIEWER_EXCEPT_HOST_HEADER)
    throw new Error(
      `${logicalId}: the local edge knows only the origin request policy AllViewerExceptHostHeader`,
    );
  const associations = behavior.FunctionAssociations ?? [];
  const [association] = associations;
  if (associations.length > 1 || (association && association.EventType !== 'viewer-request'))
    throw new Error(`${logicalId}: the local edge runs one function a behaviour, at viewer-request`);
  const functionCode = association && codes.get(association.FunctionARN);
  if (association && functionCode === undefined)
    throw new Error(`${logicalId}: the template has no function ${association.FunctionARN}`);
  const pattern = wildcard(behavior.PathPattern ?? '*');
  return {
    fits: (path) => pattern.test(path),
    allowedMethods: behavior.AllowedMethods ?? ['GET', 'HEAD'],
    origin: origins.get(behavior.TargetOriginId)!,
    functionCode,
  };
}

function readOrigin(logicalId: string, origin: Origin): EdgeOrigin {
  const config = origin.CustomOriginConfig ?? {};
  expectKnownProperties(logicalId, origin, [
    'Id',
    'DomainName',
    'OriginPath',
    'OriginCustomHeaders',
    'CustomOriginConfig',
  ]);
  expectKnownProperties(
    logicalId,
    config,
    ['OriginProtocolPolicy', 'OriginReadTimeout'],
    ['OriginKeepaliveTimeout', 'OriginSSLProtocols'],
  );
  // API Gateway listens on 443 only.
  if (config.OriginProtocolPolicy !== 'https-only')
    throw new Error(`${logicalId}: an API of API Gateway is an https-only origin`);
  return {
    domainName: origin.DomainName,
    path: origin.OriginPath ?? '',
    customHeaders: (origin.OriginCustomHeaders ?? []).map(({ HeaderName, HeaderValue }) => [
      HeaderName.toLowerCase(),
      HeaderValue,
    ]),
    readTimeoutMs: Number(config.OriginReadTimeout ?? DEFAULT_READ_TIMEOUT_SECONDS) * 1000,
  };
}
