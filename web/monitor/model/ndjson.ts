import type { MonitorEvent } from './monitor-event';

/** The events as NDJSON, oldest first as in a log, whatever the order given; ends with a line break. */
export function toNdjson(newestFirst: readonly MonitorEvent[]): string {
  return [...newestFirst]
    .reverse()
    .map((event) => `${JSON.stringify(event)}\n`)
    .join('');
}

/** A file name for an export made at a moment: `agenttown-events-20260131T101500Z.ndjson`. */
export function exportFileName(nowMs: number): string {
  const stamp = new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '');
  return `agenttown-events-${stamp}.ndjson`;
}
