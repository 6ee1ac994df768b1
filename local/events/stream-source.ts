/** A mapping that reads the stream of a table, checked against what this host and AWS would take. */

import type { LocalQueue } from '../aws/queue';
import type { LocalTable } from '../tables/tables';
import { attributeOf } from '../template/attributes';
import type { DeliverySettings } from './batch-delivery';
import { compileFilters, type RecordFilter } from './event-filter';
import { type MappingProperties, readMapping, type Surroundings } from './mapping';

/** One mapping, ready to be polled. */
export interface StreamSource {
  logicalId: string;
  functionLogicalId: string;
  table: LocalTable;
  filter: RecordFilter;
  batchSize: number;
  windowSeconds: number;
  onFailure: LocalQueue | undefined;
  delivery: DeliverySettings;
}

const OWN = [
  'BisectBatchOnFunctionError',
  'DestinationConfig',
  'FilterCriteria',
  'MaximumRecordAgeInSeconds',
  'MaximumRetryAttempts',
  'StartingPosition',
];

/** What Lambda's poller does in the function's name; AWS refuses a mapping whose role lacks one of them. */
const STREAM_ACTIONS = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'];

/** Lambda's defaults and limits for DynamoDB streams. */
const DEFAULT_BATCH_SIZE = 100;
const LARGEST_BATCH_SIZE = 10_000;

/** Reads one mapping. Throws on one that AWS would refuse or this host does not know. */
export function readStreamSource(
  logicalId: string,
  properties: MappingProperties,
  surroundings: Surroundings,
): StreamSource {
  const mapping = readMapping(logicalId, properties, surroundings, OWN);
  const { functionLogicalId, refuse, demand, reportsItemFailures } = mapping;
  const { resolver, tables, queues } = surroundings;
  const streamArn = properties.EventSourceArn;
  const table =
    tables.find((candidate) => streamArnOf(candidate) === streamArn) ??
    refuse(`reads ${streamArn}, which is no stream of a table here`);
  if (table.streamViewType === undefined) refuse(`reads the table ${table.logicalId}, which has no stream`);
  const from = properties.StartingPosition;
  if (from !== 'TRIM_HORIZON' && from !== 'LATEST') return refuse(`has the starting position ${from}`);
  const batchSize = properties.BatchSize ?? DEFAULT_BATCH_SIZE;
  if (batchSize < 1 || batchSize > LARGEST_BATCH_SIZE) refuse(`has the batch size ${batchSize}`);

  for (const action of STREAM_ACTIONS) demand(`dynamodb:${action}`, streamArn);
  const destination = properties.DestinationConfig?.OnFailure?.Destination;
  const onFailure = destination === undefined ? undefined : queues.byArn(destination);
  if (destination !== undefined) {
    if (!onFailure) refuse(`sends failures to ${destination}, which is no queue here`);
    demand('sqs:SendMessage', destination);
  }
  return {
    logicalId,
    functionLogicalId,
    table,
    filter: compileFilters(properties.FilterCriteria),
    batchSize,
    windowSeconds: properties.MaximumBatchingWindowInSeconds ?? 0,
    onFailure,
    delivery: {
      functionArn: attributeOf(
        {
          logicalId: functionLogicalId,
          type: 'AWS::Lambda::Function',
          property: () => resolver.ref(functionLogicalId),
        },
        'Arn',
      ),
      streamArn,
      bisectOnError: properties.BisectBatchOnFunctionError ?? false,
      reportsItemFailures,
      maximumRetryAttempts: properties.MaximumRetryAttempts ?? -1,
      maximumRecordAgeSeconds: properties.MaximumRecordAgeInSeconds ?? -1,
    },
  };
}

function streamArnOf(table: LocalTable): string {
  return attributeOf(
    { logicalId: table.logicalId, type: 'AWS::DynamoDB::Table', property: () => table.name },
    'StreamArn',
  );
}
