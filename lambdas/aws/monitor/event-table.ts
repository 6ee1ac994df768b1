/**
 * `MonitorEvents`: one row per batch of events.
 * shardId + batchId · events (text, see core/event-batch) · expiresAt (s)
 *
 * A gateway's events are all in one of `shardCount` partitions, so that its part of the stream keeps its order; events
 * without a gateway go anywhere. A call's events share a row, so 1,000 events a second are some 250 writes spread over
 * four partitions of 1,000 writes a second each. Newest first is one Query per shard however little there is.
 */
import { createHash } from 'node:crypto';
import { type EventBatch, packBatch, timeOfId, unpackBatch } from '../../core/monitor/event-batch';
import type { EventStore } from '../../core/monitor/ports';
import { PutCommand, QueryCommand } from '../dynamo/commands';
import { type DynamoClient, isLive, type Row, seconds } from '../dynamo/dynamo';
import { inTime } from '../sdk/in-time';

/** How many partitions the events are spread over; every reader asks all of them. */
export const shardCount = 4;

/** Before and after every batch id. */
const [lowestId, highestId] = ['0', '~'];

/** How long events are kept where nothing else is said. */
const defaultKeepMs = 24 * 60 * 60_000;

/** A write that takes longer, retries included, is given up: the function is not kept alive for the monitor. */
const maxWriteMs = 3_000;

/** The monitor's events in DynamoDB. `keepMs` is for those who append. */
export function eventTable(client: DynamoClient, tableName: string, keepMs = defaultKeepMs): EventStore {
  return {
    shards: Array.from({ length: shardCount }, (_, index) => `s${index}`),
    async append(batch) {
      const { batchId } = batch;
      const expiresAt = seconds(timeOfId(batchId) + keepMs);
      const Item = { shardId: shardOf(batch), batchId, events: packBatch(batch), expiresAt };
      const put = new PutCommand({ TableName: tableName, Item });
      // What is late may succeed all the same: the same batch is the same row.
      await inTime(client.send(put), maxWriteMs);
    },
    async read(shard, { from = lowestId, below = highestId, order, limit }, nowMs) {
      if (from >= below) return { batches: [], more: false };
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: tableName,
          // BETWEEN includes both ends; what begins exactly at `below` is left out after it.
          KeyConditionExpression: 'shardId = :shard AND batchId BETWEEN :from AND :below',
          ExpressionAttributeValues: { ':shard': shard, ':from': from, ':below': below },
          ScanIndexForward: order === 'oldest-first',
          Limit: limit,
          // A reader's place moves on past what it was not shown: a stale replica would make a gap.
          ConsistentRead: true,
        }),
      );
      const live = Items.filter((row) => isLive(row, nowMs));
      const batches = live.flatMap((row) => readBatch(row) ?? []).filter(({ batchId }) => batchId < below);
      // Rows die in the order of their ids: below a dead one there are only dead ones.
      const dying = order === 'newest-first' && live.length < Items.length;
      return { batches, more: LastEvaluatedKey !== undefined && !dying };
    },
  };
}

/** A batch of this row; undefined when the row is none, so that one bad row hides no other. */
export function readBatch(row: Row): EventBatch | undefined {
  const { batchId, events: text } = row;
  if (typeof batchId !== 'string' || typeof text !== 'string') return undefined;
  try {
    return unpackBatch(batchId, text);
  } catch {
    return undefined;
  }
}

function shardOf({ batchId, events }: EventBatch): string {
  const key = events.find((event) => event.gatewayId)?.gatewayId ?? batchId;
  return `s${createHash('sha256').update(key).digest().readUInt32BE() % shardCount}`;
}
