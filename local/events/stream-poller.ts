/** Lambda's poller for DynamoDB streams: one loop for each mapping, batches in order. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { StreamReader, StreamRecord, TableStream } from '../tables/table-stream';
import { REGION } from '../template/attributes';
import type { Invoke } from '../types';
import { type DeliveryPorts, deliverBatch } from './batch-delivery';
import type { StreamSource } from './stream-source';

/** How often a stream is asked that gave all it had; AWS asks four times a second. */
const POLL_MS = 100;
/** The streams API gives at most this many records at once. */
const LARGEST_READ = 1_000;
/** Lambda's limit of an event. */
const MAX_EVENT_BYTES = 6 * 1024 * 1024;
/** Of the one shard that a stream has here. */
const SHARD_ID = 'shardId-00000000000000000001';

/**
 * Opens the streams now, so that nothing written after the host's start is missed, and gives what starts the polling.
 * What an earlier run wrote was that one's to deliver, whatever a mapping's starting position.
 */
export function prepareStreams(
  sources: StreamSource[],
  streams: ReadonlyMap<string, TableStream>,
  log: (line: string) => void,
  signal: AbortSignal,
): (invoke: Invoke) => void {
  const prepared = sources.map((source) => ({
    source,
    reader: streams
      .get(source.table.name)!
      .reader((count) =>
        log(`${source.logicalId}: ${count} stream records were lost: it is too far behind.`),
      ),
  }));
  return (invoke) => {
    for (const { source, reader } of prepared) {
      const queue = source.onFailure;
      const ports: DeliveryPorts = {
        invoke: (event) => invoke(source.functionLogicalId, event),
        giveUp: queue && ((message) => queue.send(JSON.stringify(message), 0)),
        pause: async (ms) => {
          await sleep(ms, undefined, { signal });
        },
        log: (line) => log(`${source.logicalId}: ${line}`),
      };
      follow(source, reader, ports, signal).catch((error) => {
        if (!signal.aborted) log(`${source.logicalId}: polling ended: ${error.stack ?? error}`);
      });
    }
  };
}

/** Rejects when the host stops. */
async function follow(
  source: StreamSource,
  reader: StreamReader,
  ports: DeliveryPorts,
  signal: AbortSignal,
): Promise<never> {
  let waiting: StreamRecord[] = [];
  let firstAt = 0;
  for (;;) {
    signal.throwIfAborted();
    const room = Math.min(LARGEST_READ, Math.max(1, source.batchSize - waiting.length));
    const records = reader.read(room);
    for (const record of records)
      if (source.filter(record)) waiting.push(asEventRecord(record, source.delivery.streamArn));
    if (waiting.length > 0 && firstAt === 0) firstAt = performance.now();
    const windowIsOver = performance.now() - firstAt >= source.windowSeconds * 1000;
    if (waiting.length >= source.batchSize || (waiting.length > 0 && windowIsOver)) {
      for (const batch of byEventSize(waiting)) await deliverBatch(batch, SHARD_ID, source.delivery, ports);
      waiting = [];
      firstAt = 0;
    }
    // A stream that has more is read on; else records gather, and one run of the function takes them together.
    if (records.length < room) await ports.pause(POLL_MS);
  }
}

/** A function sees what AWS would show it. */
function asEventRecord(record: StreamRecord, streamArn: string): StreamRecord {
  return { ...record, awsRegion: REGION, eventSourceARN: streamArn };
}

/** Splits records so that no event is larger than Lambda takes. */
function* byEventSize(records: StreamRecord[]): Generator<StreamRecord[]> {
  let batch: StreamRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = Buffer.byteLength(JSON.stringify(record));
    if (batch.length > 0 && bytes + size > MAX_EVENT_BYTES) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(record);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
