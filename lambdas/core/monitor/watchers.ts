/**
 * Who watches the monitor: live streams and viewers' sockets, each with a place until a moment. A deployment has
 * `maxWatchers` places. Each was let in by a registration token, and goes when that is not the token any more.
 */
import { ApiError } from '../wire/errors';
import type { WatcherStore } from './ports';

/** When a refused watcher may try again, in milliseconds. */
const tryAgainMs = 10_000;

/** Takes a place; throws `rate_limited` while all are taken. */
export async function takePlace(
  watchers: WatcherStore,
  watcher: Parameters<WatcherStore['enter']>[0],
  nowMs: number,
): Promise<void> {
  if ((await watchers.enter(watcher, nowMs)) === 'entered') return;
  throw new ApiError('rate_limited', 'As many watch the monitor as may at one time. Try again later.', {
    retryAfterMs: tryAgainMs,
  });
}
