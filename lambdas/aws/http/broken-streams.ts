/**
 * Surviving an answer whose connection breaks. Lambda's runtime then rejects promises of its own (`headersDone`,
 * `responseDone`) that nobody awaits while the handler runs, and ends the process at an unhandled rejection, with all
 * that the function had still to do. Seen in the public source of its interface client.
 */
import type { Writable } from 'node:stream';

const causes = new WeakSet<object>();
let isWatching = false;

/** Takes the stream's failures for what they are: its reader has gone. The work of the function goes on. */
export function surviveBreakOf(out: Writable): void {
  out.on('error', (error) => causes.add(error));
  if (isWatching) return;
  isWatching = true;
  const others = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', (reason, promise) => {
    if (causes.has(Object(reason))) return;
    // As if this listener were not there: without another one Node.js ends the process.
    if (others.length === 0) throw reason;
    for (const other of others) other(reason, promise);
  });
}
