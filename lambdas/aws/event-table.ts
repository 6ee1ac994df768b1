/**
 * `MonitorEvents`: one row per batch of events.
 * shard + batchId · events (text, see core/event-batch) · expiresAt (s)
 *
 * A gateway's events are all in one of `shardCount` partitions, so that its part of the stream keeps its order; events
 * without a gateway go anywhere. A call's events share a row, so 1,000 events a second are some 250 writes spread over
 * four partitions of 1,000 writes a second each. Newest first is one Query per shard however little there is.
 */
import { createHash } from 'node:crypto';
import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { type EventBatch, packBatch, timeOfId } from '../core/event-batch';
import type { EventStore } from '../core/ports';
import { seconds, toRow } from './dynamo';

/** How many partitions the events are spread over; every reader asks all of them. */
export const shardCount = 4;

/** How long events are kept: the contract's 24 hours, twice. */
const keepMs = 48 * 60 * 60_000;

/** A write that takes longer, retries included, is given up: the function is not kept alive for the monitor. */
const maxWriteMs = 3_000;

/** The monitor's events in DynamoDB. */
export function eventTable(client: DynamoDBClient, tableName: string): EventStore {
  return {
    async append(batch) {
      const { batchId } = batch;
      const expiresAt = seconds(timeOfId(batchId) + keepMs);
      const Item = toRow({ shard: shardOf(batch), batchId, events: packBatch(batch), expiresAt });
      const put = new PutItemCommand({ TableName: tableName, Item });
      await client.send(put, { abortSignal: AbortSignal.timeout(maxWriteMs) });
    },
  };
}

function shardOf({ batchId, events }: EventBatch): string {
  const key = events.find((event) => event.gatewayId)?.gatewayId ?? batchId;
  return `s${createHash('sha256').update(key).digest().readUInt32BE() % shardCount}`;
}
