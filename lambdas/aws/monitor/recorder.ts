/**
 * The recorder of one invocation: it keeps what is recorded and writes it when nobody waits for it. A failed write is
 * logged and forgotten: the monitor is no ledger, and no request suffers for it.
 */
import { randomBytes } from 'node:crypto';
import { batchIds, type EventBatch, makeBatch, maxBatchEvents } from '../../core/monitor/event-batch';
import type { NewEvent } from '../../core/monitor/monitor-events';
import type { Recorder } from '../../core/monitor/ports';
import { sharedDynamo } from '../dynamo/dynamo';
import { env, required } from '../env';
import { log } from '../observe/log';
import { measure, measurementsOf } from '../observe/metrics';
import { eventTable } from './event-table';

/** What a recorder needs. */
export interface RecorderWorld {
  append(batch: EventBatch): Promise<void>;
  nextBatchId(nowMs: number): string;
  now(): number;
  onFailure(error: unknown): void;
  /** How old an event may be in an idle function before it is written, in milliseconds. */
  maxUnwrittenMs: number;
}

/** A recorder and the moment of its writing. */
export interface InvocationRecorder extends Recorder {
  /** Writes what has been recorded. Never rejects. Call it when the answer has left. */
  flush(): Promise<void>;
}

/** A waiting function writes what is older than this, so that a viewer sees an event within 1.5 s. */
const waitingMs = 500;

/** Makes the recorder of one invocation. `requestId` is noted on every event that names none. */
export function invocationRecorder(world: RecorderWorld, requestId?: string): InvocationRecorder {
  let kept: Array<{ event: NewEvent | (() => NewEvent); atMs: number }> = [];
  let isIdle = false;
  let timer: NodeJS.Timeout | undefined;
  /**
   * Batches of one invocation are written one after the other. Invocations side by side wait for nobody: readers bear that
   * ids come late by a write (ADR 31), and a queue that all of them share would grow where they are faster than it.
   */
  let writing: Promise<void> = Promise.resolve();

  const write = async () => {
    clearTimeout(timer);
    timer = undefined;
    const recorded = kept;
    kept = [];
    const events = recorded.map(({ event, atMs }) => ({
      requestId,
      atMs,
      ...(typeof event === 'function' ? event() : event),
    }));
    for (let from = 0; from < events.length; from += maxBatchEvents) {
      const batch = makeBatch(world.nextBatchId(world.now()), events.slice(from, from + maxBatchEvents));
      if (batch.events.length > 0) await world.append(batch);
    }
  };
  const flush = () => {
    if (kept.length > 0) writing = writing.then(write).catch((error) => world.onFailure(error));
    return writing;
  };
  const arm = () => {
    const [oldest] = kept;
    if (!isIdle || !oldest || timer) return;
    timer = setTimeout(flush, Math.max(0, oldest.atMs + world.maxUnwrittenMs - world.now()));
  };
  return {
    record(event) {
      kept.push({ event, atMs: world.now() });
      arm();
    },
    idle() {
      isIdle = true;
      arm();
    },
    flush,
  };
}

const nextBatchId = /* @__PURE__ */ batchIds(randomBytes);

/**
 * The recorder of an invocation of this function, into the table that the stack granted. `maxUnwrittenMs` is 500 by
 * default: a call that is answered sooner is one write.
 */
export function recorderOf(requestId: string, maxUnwrittenMs = waitingMs): InvocationRecorder {
  return invocationRecorder(
    {
      append: (batch) => {
        measure(...batch.events.flatMap(measurementsOf));
        const keepMs = Number(required(env.monitorRetentionHours)) * 60 * 60_000;
        return eventTable(sharedDynamo(), required(env.eventsTable), keepMs).append(batch);
      },
      nextBatchId,
      now: () => Date.now(),
      onFailure: (error) => log.warn('Monitor events were not written', { reason: (error as Error).name }),
      maxUnwrittenMs,
    },
    requestId,
  );
}
