/** Records of the stream of `MonitorEvents`. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { EventBatch } from '../../core/monitor/event-batch';
import { rowOf } from '../dynamo/plain-rows';
import { readBatch } from './event-table';

/** What Lambda hands over; only new rows come, the mapping filters the others out. */
export interface EventsStreamEvent {
  Records: Array<{ dynamodb?: { SequenceNumber?: string; NewImage?: unknown } }>;
}

/** The batches up to the first record that cannot be read, and that record's sequence number. */
export function readRecords({ Records }: EventsStreamEvent): { batches: EventBatch[]; poison?: string } {
  const batches: EventBatch[] = [];
  for (const { dynamodb } of Records) {
    const batch = batchOf(dynamodb?.NewImage);
    if (!batch) return { batches, poison: dynamodb?.SequenceNumber ?? '' };
    batches.push(batch);
  }
  return { batches };
}

/** No batch where the image is none either: an attribute of no known type, for instance. */
function batchOf(image: unknown): EventBatch | undefined {
  try {
    return readBatch(rowOf(image as Record<string, AttributeValue>));
  } catch {
    return undefined;
  }
}
