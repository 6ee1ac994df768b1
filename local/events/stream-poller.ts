/** Lambda's poller for DynamoDB streams: one loop per shard of each mapping, batches in order. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineClient } from '../tables/engine-client';
import { REGION } from '../template/attributes';
import type { Invoke } from '../types';
import { type DeliveryPorts, deliverBatch } from './batch-delivery';
import { type ShardReader, type StreamReader, type StreamRecord, streamReader } from './stream-reader';
import type { StreamSource } from './stream-source';

/** How often an idle shard is asked; AWS asks four times a second. */
const IDLE_POLL_MS = 100;
/** Pause after a read that failed. */
const READ_RETRY_MS = 1_000;
/** The streams API gives at most this many records at once. */
const LARGEST_READ = 1_000;
/** Lambda's limit of an event. */
const MAX_EVENT_BYTES = 6 * 1024 * 1024;

/**
 * Fixes the starting positions now, so that nothing written after the host's start is missed, and gives what starts the
 * polling. Records of a kept table were delivered by the run that wrote them: there a mapping goes on at the stream's end.
 */
export async function prepareStreams(
  sources: StreamSource[],
  engine: EngineClient,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<(invoke: Invoke) => void> {
  const pause = async (ms: number) => {
    await sleep(ms, undefined, { signal });
  };
  const prepared = await Promise.all(
    sources.map(async (source) => {
      const reader = streamReader(engine, source.table.engineStreamArn!);
      const shards = await reader.newShards(source.table.kept ? 'LATEST' : source.startingPosition);
      return { source, reader, shards };
    }),
  );

  function follow(source: StreamSource, reader: StreamReader, shard: ShardReader, invoke: Invoke): void {
    const queue = source.onFailure;
    const ports: DeliveryPorts = {
      invoke: (event) => invoke(source.functionLogicalId, event),
      giveUp: queue && ((message) => queue.send(JSON.stringify(message), 0)),
      pause,
      log: (line) => log(`${source.logicalId}: ${line}`),
    };
    followShard(source, shard, ports, signal)
      .then(async () => {
        for (const next of await reader.newShards('TRIM_HORIZON')) follow(source, reader, next, invoke);
      })
      .catch((error) => {
        if (!signal.aborted) log(`${source.logicalId}: polling ended: ${error.stack ?? error}`);
      });
  }

  return (invoke) => {
    for (const { source, reader, shards } of prepared)
      for (const shard of shards) follow(source, reader, shard, invoke);
  };
}

/** Resolves when the shard is closed and delivered to its end; rejects when the host stops. */
async function followShard(
  source: StreamSource,
  shard: ShardReader,
  ports: DeliveryPorts,
  signal: AbortSignal,
): Promise<void> {
  let waiting: StreamRecord[] = [];
  let firstAt = 0;
  for (;;) {
    signal.throwIfAborted();
    const room = Math.min(LARGEST_READ, Math.max(1, source.batchSize - waiting.length));
    const records = await readAgain(shard, room, ports, signal);
    for (const record of records ?? [])
      if (source.filter(record)) waiting.push(asEventRecord(record, source.delivery.streamArn));
    if (waiting.length > 0 && firstAt === 0) firstAt = performance.now();
    const windowIsOver = performance.now() - firstAt >= source.windowSeconds * 1000;
    if (waiting.length >= source.batchSize || (waiting.length > 0 && (windowIsOver || !records))) {
      for (const batch of byEventSize(waiting))
        await deliverBatch(batch, shard.shardId, source.delivery, ports);
      waiting = [];
      firstAt = 0;
    }
    if (!records) return;
    if (records.length === 0) await ports.pause(IDLE_POLL_MS);
  }
}

/** A read that fails is tried again, as Lambda's poller would: an engine elsewhere may be away for a while. */
async function readAgain(
  shard: ShardReader,
  limit: number,
  ports: DeliveryPorts,
  signal: AbortSignal,
): Promise<StreamRecord[] | undefined> {
  for (;;) {
    try {
      return await shard.read(limit);
    } catch (error) {
      signal.throwIfAborted();
      ports.log(`The stream could not be read: ${(error as Error).message ?? error}`);
      await ports.pause(READ_RETRY_MS);
    }
  }
}

/** Engines name regions and streams of their own; a function sees what AWS would show it. */
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
