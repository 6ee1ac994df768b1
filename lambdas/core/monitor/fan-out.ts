/**
 * Events to the sockets of all viewers. Nobody waits for anybody: viewers are served side by side, and one that is
 * gone, or cannot take a frame in time, loses its socket rather than some events in silence. It comes back with a new
 * ticket and reads in the history what it missed.
 */

import { closeSockets } from '../pairing/close-sockets';
import type { ConnectionStore, Sockets } from '../presence/ports';
import { eventFrame } from '../wire/frames';
import { limits } from '../wire/limits';
import type { Clock } from '../wire/ports';
import type { EventBatch } from './event-batch';
import { byId } from './event-history';
import type { MonitorEvent } from './monitor-events';
import type { Watcher, WatcherStore } from './ports';
import { forgetViewer } from './tickets';

/** What the fan-out needs. */
export interface FanOutWorld {
  watchers: WatcherStore;
  connections: Pick<ConnectionStore, 'remove'>;
  sockets: Sockets;
  clock: Clock;
  /** The hash of the registration token as it is now; undefined where registration is open. */
  tokenHash(nowMs: number): Promise<string | undefined>;
}

/** A frame stays under one metered message of API Gateway (32 KB). */
const maxFrameBytes = 30_000;
/** A viewer that does not take a frame for so long is too slow. */
const postTimeoutMs = 3_000;
/** Viewers served at once by one function. */
const concurrency = 32;

/** What became of the viewers of one round. */
export interface FanOutReport {
  served: number;
  /** Whose handshake is not over yet: they are not open to posts, and read in the history what came before. */
  early: number;
  gone: number;
  evicted: number;
  /** Closed because the registration token that let them in is not the token any more. */
  dismissed: number;
}

/** Posts the events, in the order of their ids, to every viewer. Throws only before anything was posted. */
export async function fanOut(
  world: FanOutWorld,
  batches: EventBatch[],
  nowMs: number,
): Promise<FanOutReport> {
  const report: FanOutReport = { served: 0, early: 0, gone: 0, evicted: 0, dismissed: 0 };
  const events = batches.flatMap((batch) => batch.events).sort(byId);
  const all = events.length === 0 ? [] : await world.watchers.list(nowMs);
  const waiting = all.filter(({ kind }) => kind === 'viewer');
  if (waiting.length === 0) return report;
  const frames = framesOf(events);
  const tokenHash = await world.tokenHash(nowMs);
  const serveNext = async (): Promise<void> => {
    for (let viewer = waiting.pop(); viewer !== undefined; viewer = waiting.pop()) {
      report[await serve(world, viewer, tokenHash, frames, nowMs)] += 1;
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, waiting.length) }, serveNext));
  return report;
}

async function serve(
  world: FanOutWorld,
  viewer: Watcher,
  tokenHash: string | undefined,
  frames: string[],
  nowMs: number,
): Promise<keyof FanOutReport> {
  const connectedAtMs = viewer.untilMs - limits.maxConnectionMs;
  if (viewer.tokenHash !== tokenHash) {
    // Closed before it is shown anything; one that could not be closed is met again with the next events.
    const socket = { connectionId: viewer.id, connectedAtMs };
    const left = await closeSockets(world, [socket], 'revoked');
    if (left.length === 0) await forgetViewer(world, viewer).catch(() => {});
    return 'dismissed';
  }
  for (const frame of frames) {
    let outcome = await postInTime(world, viewer.id, frame);
    // It may have arrived: viewers know an event by its id.
    if (outcome === 'unclear') outcome = await postInTime(world, viewer.id, frame);
    if (outcome === 'sent') continue;
    if (outcome === 'gone' && nowMs - connectedAtMs < limits.socketSettlingMs) return 'early';
    await forgetViewer(world, viewer).catch(() => {});
    if (outcome === 'gone') return 'gone';
    await world.sockets.close(viewer.id).catch(() => {});
    return 'evicted';
  }
  return 'served';
}

function postInTime({ sockets, clock }: FanOutWorld, viewer: string, frame: string) {
  const late = clock.sleep(postTimeoutMs).then(() => 'late' as const);
  return Promise.race([sockets.post(viewer, frame, postTimeoutMs), late]);
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
