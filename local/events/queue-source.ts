/** A mapping that reads an SQS queue, checked against what this host and AWS would take. */
import type { LocalQueue } from '../aws/queue';
import { type MappingProperties, readMapping, type Surroundings } from './mapping';

/** One queue's mapping, ready to be polled. */
export interface QueueSource {
  logicalId: string;
  functionLogicalId: string;
  queue: LocalQueue;
  batchSize: number;
  windowSeconds: number;
  /** How many batches may be under way at once. */
  concurrency: number;
  reportsItemFailures: boolean;
}

const OWN = ['ScalingConfig'];
/** What Lambda's poller does in the function's name. */
const QUEUE_ACTIONS = ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'];
/** Lambda's defaults and limits for standard queues. */
const DEFAULT_BATCH_SIZE = 10;
const LARGEST_BATCH_SIZE = 10_000;
const LARGEST_BATCH_WITHOUT_WINDOW = 10;
const DEFAULT_CONCURRENCY = 5;
const LEAST_CONCURRENCY = 2;
/** Lambda's default time-out of a function, in seconds. */
const DEFAULT_TIMEOUT_SECONDS = 3;

/** Reads one mapping. Throws on one that AWS would refuse or this host does not know. */
export function readQueueSource(
  logicalId: string,
  properties: MappingProperties,
  queue: LocalQueue,
  surroundings: Surroundings,
): QueueSource {
  const mapping = readMapping(logicalId, properties, surroundings, OWN);
  const { functionLogicalId, refuse, demand, reportsItemFailures } = mapping;
  const batchSize = properties.BatchSize ?? DEFAULT_BATCH_SIZE;
  const windowSeconds = properties.MaximumBatchingWindowInSeconds ?? 0;
  if (batchSize < 1 || batchSize > LARGEST_BATCH_SIZE) refuse(`has the batch size ${batchSize}`);
  if (batchSize > LARGEST_BATCH_WITHOUT_WINDOW && windowSeconds < 1)
    refuse(`has the batch size ${batchSize} without a batching window`);
  const concurrency = properties.ScalingConfig?.MaximumConcurrency ?? DEFAULT_CONCURRENCY;
  if (concurrency < LEAST_CONCURRENCY) refuse(`has the maximum concurrency ${concurrency}`);
  for (const action of QUEUE_ACTIONS) demand(`sqs:${action}`, queue.arn);
  const timeout = timeoutOf(functionLogicalId, surroundings);
  if (queue.visibilitySeconds < timeout)
    refuse(
      `reads a queue whose visibility timeout (${queue.visibilitySeconds} s) is below the function's ${timeout} s`,
    );
  return { logicalId, functionLogicalId, queue, batchSize, windowSeconds, concurrency, reportsItemFailures };
}

function timeoutOf(functionLogicalId: string, { resolver }: Surroundings): number {
  const found = resolver
    .ofType<{ Timeout?: number }>('AWS::Lambda::Function')
    .find(({ logicalId }) => logicalId === functionLogicalId);
  return found?.properties.Timeout ?? DEFAULT_TIMEOUT_SECONDS;
}
