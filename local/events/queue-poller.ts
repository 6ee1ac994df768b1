/**
 * Lambda's poller for SQS queues. What the function does not delete by succeeding shows again after the visibility
 * time-out: so a message may come twice, late and out of order, here as on AWS. Receives and deletes are metered and
 * disturbed like a function's own calls: a delayed receive comes late, a failed delete brings the message again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Meter } from '../aws/meter';
import type { QueueMessage } from '../aws/queue';
import { REGION } from '../template/attributes';
import type { Disturb, Invoke } from '../types';
import type { QueueSource } from './queue-source';

/** What polling needs from its surroundings. */
export interface QueuePorts {
  invoke: Invoke;
  meter: Meter;
  disturb(): Disturb | undefined;
  log(line: string): void;
}

/** Polls until the signal ends it, as many batches at once as the mapping allows. */
export function pollQueue(source: QueueSource, ports: QueuePorts, signal: AbortSignal): void {
  for (let n = 0; n < source.concurrency; n++) {
    followQueue(source, ports, signal).catch((error) => {
      if (!signal.aborted) ports.log(`${source.logicalId}: polling ended: ${error.stack ?? error}`);
    });
  }
}

async function followQueue(source: QueueSource, ports: QueuePorts, signal: AbortSignal): Promise<void> {
  for (;;) {
    await messageShows(source, signal);
    const batch = source.queue.receive(source.batchSize);
    if (batch.length === 0) continue;
    const windowEndsAt = performance.now() + source.windowSeconds * 1000;
    while (batch.length < source.batchSize && performance.now() < windowEndsAt) {
      await sleep(Math.max(1, Math.min(50, windowEndsAt - performance.now())), undefined, { signal });
      batch.push(...source.queue.receive(source.batchSize - batch.length));
    }
    await onBehalf(source, ports, 'ReceiveMessage', signal);
    const failed = await deliver(source, batch, ports);
    const done = batch.filter(({ messageId }) => !failed.has(messageId));
    if (done.length === 0 || !(await onBehalf(source, ports, 'DeleteMessageBatch', signal))) continue;
    for (const message of done) source.queue.delete(message);
  }
}

/** Resolves when a message may be received. Nothing is polled meanwhile. */
async function messageShows({ queue }: QueueSource, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const waitMs = queue.untilVisibleMs();
    if (waitMs === 0) return;
    const stopped = new AbortController();
    const either = AbortSignal.any([signal, stopped.signal]);
    let forget = () => {};
    const sent = new Promise<void>((resolve) => {
      forget = queue.onSend(resolve);
    });
    // A timer takes no more than 2^31 ms; without a message only a sender or the end wakes this.
    const shows = sleep(waitMs ?? 2 ** 30, undefined, { signal: either }).catch(() => {});
    await Promise.race([sent, shows]);
    forget();
    stopped.abort();
  }
}

/** The ids of the messages that were not processed. */
async function deliver(source: QueueSource, batch: QueueMessage[], ports: QueuePorts): Promise<Set<string>> {
  const all = new Set(batch.map(({ messageId }) => messageId));
  try {
    const result = await ports.invoke(source.functionLogicalId, {
      Records: batch.map((message) => asRecord(message, source.queue.arn)),
    });
    if (!source.reportsItemFailures) return new Set();
    const failures =
      (result as { batchItemFailures?: Array<{ itemIdentifier?: string }> } | null)?.batchItemFailures ?? [];
    const named = failures.map(({ itemIdentifier }) => itemIdentifier ?? '');
    // An answer that names no message of the batch fails it as a whole, as in AWS.
    return named.every((id) => all.has(id)) ? new Set(named) : all;
  } catch (error) {
    ports.log(`A batch of ${batch.length} messages failed: ${(error as Error).message ?? error}`);
    return all;
  }
}

/** Meters one call of the poller, disturbed as the function's own would be. False when it failed. */
async function onBehalf(
  { functionLogicalId, queue }: QueueSource,
  { meter, disturb }: QueuePorts,
  operation: string,
  signal: AbortSignal,
): Promise<boolean> {
  const call = { caller: functionLogicalId, service: 'sqs', operation };
  const startedAt = performance.now();
  let status = 200;
  for (const disturbance of disturb()?.(call) ?? []) {
    if (disturbance.kind === 'delay') await sleep(disturbance.ms, undefined, { signal });
    else if (disturbance.kind === 'error') status = disturbance.status;
  }
  const units = { readUnits: 0, writeUnits: 0 };
  meter.record({
    ...call,
    resources: [queue.logicalId],
    startedAt,
    endedAt: performance.now(),
    status,
    ...units,
  });
  return status === 200;
}

function asRecord(message: QueueMessage, eventSourceARN: string) {
  return {
    messageId: message.messageId,
    receiptHandle: message.messageId,
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receives),
      SentTimestamp: String(message.sentAtMs),
      SenderId: 'LOCAL',
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAtMs),
    },
    messageAttributes: {},
    eventSource: 'aws:sqs',
    eventSourceARN,
    awsRegion: REGION,
  };
}
