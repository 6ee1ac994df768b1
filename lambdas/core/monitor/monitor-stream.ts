/** The live stream as `text/event-stream`: what a viewer reads, and where it goes on after a break. */
import { ApiError, problemOf } from '../wire/errors';
import { type FeedWorld, followEvents } from './event-feed';
import type { MonitorEvent } from './monitor-events';

/** The longest silence; proxies and viewers take 15 s for a sign of life. */
const commentEveryMs = 10_000;
/**
 * A function streams to its end though its reader has gone, and is billed and counted for it: so a stream ends soon, and
 * whoever reads goes on with the next one. API Gateway would break it off after 15 minutes.
 */
export const maxStreamMs = 2 * 60_000;
/** How often a stream makes sure that its viewer may still watch. */
const checkAccessEveryMs = 4_000;

/** What a stream needs. */
export interface StreamWorld extends FeedWorld {
  /** Rejects once whoever opened the stream may not watch any more. */
  requireAccess(): Promise<void>;
}

/** The pieces of a stream that began at `startedAtMs`. Ends by itself, and says so. */
export async function* monitorStream(
  world: StreamWorld,
  after: string | undefined,
  startedAtMs: number,
  requestId: string,
): AsyncGenerator<string> {
  yield 'retry: 1000\n\n: connected\n\n';
  let spokeAtMs = world.clock.now();
  let checkedAtMs = spokeAtMs;
  for await (const { events, late, last } of followEvents(world, after)) {
    const now = world.clock.now();
    if (now - checkedAtMs >= checkAccessEveryMs) {
      checkedAtMs = now;
      const refused = await world.requireAccess().then(
        () => undefined,
        (error) => error,
      );
      // A fault here is no word on who may watch.
      if (refused instanceof ApiError) {
        yield `event: error\ndata: ${JSON.stringify(problemOf(refused, requestId))}\n\n`;
        return;
      }
    }
    // An id without data moves the viewer's Last-Event-ID back to the newest event and shows nothing.
    const resume = late.length > 0 && last !== undefined ? `id: ${last}\n\n` : '';
    const text = [...events, ...late].map(frameOf).join('') + resume;
    if (text || now - spokeAtMs >= commentEveryMs) {
      yield text || ': nothing new\n\n';
      spokeAtMs = now;
    }
    if (now - startedAtMs >= maxStreamMs) break;
  }
  yield ': this stream ends after two minutes; go on with Last-Event-ID\n\n';
}

function frameOf(event: MonitorEvent): string {
  return `id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`;
}
