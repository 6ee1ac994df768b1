import { TokenBucket } from '../http/token-bucket';
import { expectKnownProperties } from '../template/known-properties';
import type { Resolver } from '../types';
import type { RestStage } from './rest-event';
import type { RestRoute } from './rest-routes';

interface StageProperties {
  RestApiId: string;
  StageName: string;
  Variables?: Record<string, string>;
  MethodSettings?: MethodSetting[];
  CacheClusterEnabled?: boolean;
}

interface MethodSetting {
  HttpMethod?: string;
  ResourcePath?: string;
  ThrottlingRateLimit?: number;
  ThrottlingBurstLimit?: number;
  CachingEnabled?: boolean;
}

/** The stage of a REST API: its name, its variables and its throttles. */
export interface Stage extends RestStage {
  /** Takes a token for a request; false means THROTTLED. */
  admit(route: RestRoute): boolean;
}

/** Reads the one stage of a REST API. The host serves it at the root of its port, so there can be only one. */
export function readStage(resolver: Resolver, apiId: string, binaryMediaTypes: readonly string[]): Stage {
  const stages = resolver
    .ofType<StageProperties>('AWS::ApiGateway::Stage')
    .filter(({ properties }) => properties.RestApiId === apiId);
  const stage = stages[0];
  if (!stage || stages.length > 1) {
    throw new Error(`The local host serves one stage of a REST API, and ${apiId} has ${stages.length}`);
  }
  const { logicalId, properties } = stage;
  expectKnownProperties(
    logicalId,
    properties,
    ['RestApiId', 'StageName', 'DeploymentId', 'Variables', 'MethodSettings', 'CacheClusterEnabled'],
    ['AccessLogSetting', 'Description', 'TracingEnabled', 'Tags'],
  );
  const settings = properties.MethodSettings ?? [];
  if (properties.CacheClusterEnabled || settings.some(({ CachingEnabled }) => CachingEnabled)) {
    throw new Error(`${logicalId}: the local host knows no API cache`);
  }
  const buckets = new Map(
    settings.flatMap((setting) => {
      const bucket = bucketOf(setting);
      return bucket ? [[`${setting.HttpMethod} ${setting.ResourcePath}`, bucket] as const] : [];
    }),
  );
  return {
    apiId,
    name: properties.StageName,
    variables: properties.Variables ?? null,
    binaryMediaTypes,
    admit: (route) => {
      const own = buckets.get(`${route.method} ${escapePath(route.resourcePath)}`);
      return (own ?? buckets.get('* /*'))?.take() ?? true;
    },
  };
}

function bucketOf(setting: MethodSetting): TokenBucket | undefined {
  const { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst } = setting;
  if (rate === undefined && burst === undefined) return undefined;
  return new TokenBucket(Number(rate ?? burst), Number(burst ?? rate));
}

/** CloudFormation writes a path's slashes as `~1` in method settings, save the first. */
function escapePath(resourcePath: string): string {
  return resourcePath === '/' ? '/' : `/${resourcePath.replaceAll('/', '~1')}`;
}
