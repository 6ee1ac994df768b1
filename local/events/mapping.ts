/** What `AWS::Lambda::EventSourceMapping` has in common, whatever it reads from. */
import type { Policies } from '../aws/iam';
import type { Queues } from '../aws/queues';
import type { LocalTable } from '../tables/tables';
import { functionNamed } from '../template/function-names';
import type { Resolver } from '../types';

/** Properties of a mapping, resolved. */
export interface MappingProperties {
  EventSourceArn: string;
  FunctionName: string;
  BatchSize?: number;
  BisectBatchOnFunctionError?: boolean;
  DestinationConfig?: { OnFailure?: { Destination?: string } };
  Enabled?: boolean;
  FilterCriteria?: { Filters?: Array<{ Pattern?: string }> };
  FunctionResponseTypes?: string[];
  MaximumBatchingWindowInSeconds?: number;
  MaximumRecordAgeInSeconds?: number;
  MaximumRetryAttempts?: number;
  ScalingConfig?: { MaximumConcurrency?: number };
  StartingPosition?: string;
}

/** What mappings refer to. */
export interface Surroundings {
  resolver: Resolver;
  tables: LocalTable[];
  queues: Queues;
  policies: Map<string, Policies>;
}

/** A mapping with what is checked alike for every source. */
export interface Mapping {
  logicalId: string;
  properties: MappingProperties;
  functionLogicalId: string;
  reportsItemFailures: boolean;
  /** Throws the one sentence that says why this mapping cannot run. */
  refuse(why: string): never;
  /** Throws unless the function's role allows this; AWS refuses such a mapping too. */
  demand(action: string, resource: string): void;
}

const COMMON = [
  'BatchSize',
  'Enabled',
  'EventSourceArn',
  'FunctionName',
  'FunctionResponseTypes',
  'MaximumBatchingWindowInSeconds',
  'Tags',
];

/** Reads what all mappings share. Throws on a property that neither they nor this kind of source knows. */
export function readMapping(
  logicalId: string,
  properties: MappingProperties,
  { resolver, policies }: Surroundings,
  own: string[],
): Mapping {
  const refuse = (why: string): never => {
    throw new Error(`The event source mapping ${logicalId} ${why}.`);
  };
  for (const property of Object.keys(properties))
    if (!COMMON.includes(property) && !own.includes(property))
      refuse(`has the property ${property}, which the local host does not know`);
  const functionLogicalId =
    functionNamed(resolver, properties.FunctionName) ??
    refuse(`names no function: ${properties.FunctionName}`);
  const role = policies.get(functionLogicalId);
  return {
    logicalId,
    properties,
    functionLogicalId,
    reportsItemFailures: properties.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false,
    refuse,
    demand: (action, resource) => {
      if (!role?.allows(action, resource))
        refuse(`needs ${action} on ${resource} in the role of ${functionLogicalId}`);
    },
  };
}
