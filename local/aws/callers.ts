/** Functions as callers of the endpoint. */
import { REGION, shortId } from '../template/attributes';
import type { Caller } from './aws-call';
import type { Policies } from './iam';

/** An access key tells the endpoint who calls, so each function has one of its own. */
export function accessKeyOf(functionLogicalId: string): string {
  return `LOCAL${shortId(functionLogicalId).toUpperCase()}`;
}

/** The functions of a stack as callers. */
export function callersByAccessKey(policies: Map<string, Policies>): Map<string, Caller> {
  return new Map(
    [...policies].map(([logicalId, policy]) => [accessKeyOf(logicalId), { logicalId, policies: policy }]),
  );
}

/** What makes the SDK in a function call the endpoint as that function. */
export function environmentFor(functionLogicalId: string, endpointUrl: string): Record<string, string> {
  return {
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: accessKeyOf(functionLogicalId),
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    AWS_ENDPOINT_URL: endpointUrl,
    // The user may point the host at another engine; functions go through the endpoint all the same.
    AWS_ENDPOINT_URL_DYNAMODB: endpointUrl,
  };
}
