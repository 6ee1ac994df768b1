/**
 * Events to the sockets of all viewers. Nobody waits for anybody: viewers are served side by side, and one that is
 * gone, or cannot take a frame in time, loses its socket rather than some events in silence. It comes back with a new
 * ticket and reads in the history what it missed.
 */

import type { Sockets } from '../presence/ports';
import { eventFrame } from '../wire/frames';
import type { Clock } from '../wire/ports';
import type { EventBatch } from './event-batch';
import { byId } from './event-history';
import type { MonitorEvent } from './monitor-events';
import type { ViewerStore } from './ports';

/** What the fan-out needs. */
export interface FanOutWorld {
  viewers: ViewerStore;
  sockets: Sockets;
  clock: Clock;
}

/** A frame stays under one metered message of API Gateway (32 KB). */
const maxFrameBytes = 30_000;
/** A viewer that does not take a frame for so long is too slow. */
const postTimeoutMs = 1_000;
/** Viewers served at once by one function. */
const concurrency = 32;

/** What became of the viewers of one round. */
export interface FanOutReport {
  served: number;
  gone: number;
  evicted: number;
}

/** Posts the events, in the order of their ids, to every viewer. Throws only before anything was posted. */
export async function fanOut(
  world: FanOutWorld,
  batches: EventBatch[],
  nowMs: number,
): Promise<FanOutReport> {
  const report: FanOutReport = { served: 0, gone: 0, evicted: 0 };
  const events = batches.flatMap((batch) => batch.events).sort(byId);
  const waiting = events.length === 0 ? [] : await world.viewers.list(nowMs);
  const frames = waiting.length === 0 ? [] : framesOf(events);
  const serveNext = async (): Promise<void> => {
    for (let viewer = waiting.pop(); viewer !== undefined; viewer = waiting.pop()) {
      report[await serve(world, viewer, frames)] += 1;
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, waiting.length) }, serveNext));
  return report;
}

async function serve(world: FanOutWorld, viewer: string, frames: string[]): Promise<keyof FanOutReport> {
  for (const frame of frames) {
    let outcome = await postInTime(world, viewer, frame);
    // It may have arrived: viewers know an event by its id.
    if (outcome === 'unclear') outcome = await postInTime(world, viewer, frame);
    if (outcome === 'sent') continue;
    await world.viewers.remove(viewer).catch(() => {});
    if (outcome === 'gone') return 'gone';
    await world.sockets.close(viewer).catch(() => {});
    return 'evicted';
  }
  return 'served';
}

function postInTime({ sockets, clock }: FanOutWorld, viewer: string, frame: string) {
  const late = clock.sleep(postTimeoutMs).then(() => 'late' as const);
  return Promise.race([sockets.post(viewer, frame), late]);
}

/** The events in as few frames as they fit in. */
export function framesOf(events: MonitorEvent[]): string[] {
  const groups: MonitorEvent[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const event of events) {
    const size = Buffer.byteLength(JSON.stringify(event)) + 1;
    if (bytes + size > maxFrameBytes) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)!.push(event);
    bytes += size;
  }
  return groups.map((group) => eventFrame('monitor', { events: group }));
}
