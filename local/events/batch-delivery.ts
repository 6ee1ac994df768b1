/**
 * What Lambda does with one batch of stream records: retry, split, accept partial success, and at last give up and
 * send word to the on-failure queue. The shard waits meanwhile.
 */
import { randomUUID } from 'node:crypto';
import type { StreamRecord } from '../tables/table-stream';

/** The settings of a mapping that govern its batches. Negative numbers stand for "without limit", as in AWS. */
export interface DeliverySettings {
  functionArn: string;
  streamArn: string;
  bisectOnError: boolean;
  reportsItemFailures: boolean;
  maximumRetryAttempts: number;
  maximumRecordAgeSeconds: number;
}

/** What delivery needs from its surroundings. */
export interface DeliveryPorts {
  invoke(event: { Records: StreamRecord[] }): Promise<unknown>;
  /** Takes the message about a batch that was given up; absent without an on-failure destination. */
  giveUp?: ((message: unknown) => void) | undefined;
  /** Waits between attempts; rejects when the host stops. */
  pause(ms: number): Promise<void>;
  log(line: string): void;
}

const FIRST_BACKOFF_MS = 50;
const LONGEST_BACKOFF_MS = 5_000;

/** Delivers a batch, in order, until it is processed or given up. */
export async function deliverBatch(
  batch: StreamRecord[],
  shardId: string,
  settings: DeliverySettings,
  ports: DeliveryPorts,
  retries = 0,
): Promise<void> {
  let pending = batch;
  for (let attempt = retries; ; ) {
    const expired = countExpired(pending, settings.maximumRecordAgeSeconds);
    if (expired > 0) giveUp(pending.slice(0, expired), 'RecordAgeExceeded', attempt);
    pending = pending.slice(expired);
    if (pending.length === 0) return;
    const failedFrom = await attemptOnce(pending);
    if (failedFrom === undefined) return;
    const progressed = failedFrom > 0;
    pending = pending.slice(failedFrom);
    // Splitting does not count as a retry.
    if (settings.bisectOnError && !progressed && pending.length > 1) {
      const middle = Math.ceil(pending.length / 2);
      await deliverBatch(pending.slice(0, middle), shardId, settings, ports, attempt);
      await deliverBatch(pending.slice(middle), shardId, settings, ports, attempt);
      return;
    }
    const limit = settings.maximumRetryAttempts;
    if (limit >= 0 && attempt >= limit) return giveUp(pending, 'RetryAttemptsExhausted', attempt + 1);
    attempt = progressed ? 0 : attempt + 1;
    await ports.pause(Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** attempt));
  }

  /** Index of the first record that failed; undefined after success. */
  async function attemptOnce(records: StreamRecord[]): Promise<number | undefined> {
    try {
      const result = await ports.invoke({ Records: records });
      return settings.reportsItemFailures ? firstFailure(records, result) : undefined;
    } catch (error) {
      ports.log(`A batch of ${records.length} stream records failed: ${(error as Error).message ?? error}`);
      return 0;
    }
  }

  function giveUp(records: StreamRecord[], condition: string, invokeCount: number): void {
    ports.log(`${records.length} stream records were given up: ${condition}.`);
    ports.giveUp?.(failureMessage(records, shardId, settings, condition, invokeCount));
  }
}

function countExpired(records: StreamRecord[], maximumAgeSeconds: number): number {
  if (maximumAgeSeconds < 0) return 0;
  const oldest = Date.now() / 1000 - maximumAgeSeconds;
  const young = records.findIndex((record) => record.dynamodb.ApproximateCreationDateTime >= oldest);
  return young < 0 ? records.length : young;
}

/** An answer that names no record of the batch fails it as a whole, as in AWS. */
function firstFailure(records: StreamRecord[], result: unknown): number | undefined {
  const failures = (result as { batchItemFailures?: Array<{ itemIdentifier?: string }> } | null)
    ?.batchItemFailures;
  if (!failures || failures.length === 0) return undefined;
  const indexes = failures.map(({ itemIdentifier }) =>
    records.findIndex((record) => record.dynamodb.SequenceNumber === itemIdentifier),
  );
  return Math.max(0, Math.min(...indexes));
}

function failureMessage(
  records: StreamRecord[],
  shardId: string,
  settings: DeliverySettings,
  condition: string,
  invokeCount: number,
) {
  const time = (record: StreamRecord) =>
    new Date(record.dynamodb.ApproximateCreationDateTime * 1000).toISOString();
  const first = records[0]!;
  const last = records.at(-1)!;
  return {
    requestContext: {
      requestId: randomUUID(),
      functionArn: settings.functionArn,
      condition,
      approximateInvokeCount: invokeCount,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: new Date().toISOString(),
    DDBStreamBatchInfo: {
      shardId,
      startSequenceNumber: first.dynamodb.SequenceNumber,
      endSequenceNumber: last.dynamodb.SequenceNumber,
      approximateArrivalOfFirstRecord: time(first),
      approximateArrivalOfLastRecord: time(last),
      batchSize: records.length,
      streamArn: settings.streamArn,
    },
  };
}
