/** New rows of `MonitorEvents`, from its stream, to the sockets of all viewers. */
import { clock } from './aws/clock';
import { connections, sockets, watchers } from './aws/composition';
import { type EventsStreamEvent, readRecords } from './aws/monitor/stream-records';
import { log } from './aws/observe/log';
import { measure } from './aws/observe/metrics';
import { registrationTokenHash } from './aws/pairing/registration-token';
import { fanOut } from './core/monitor/fan-out';

export const handler = async (event: EventsStreamEvent) => {
  const { batches, poison } = readRecords(event);
  const world = {
    watchers: watchers(),
    connections: connections(),
    sockets: sockets(),
    clock,
    tokenHash: registrationTokenHash,
  };
  const { served, gone, evicted, dismissed } = await fanOut(world, batches, Date.now());
  const oldest = batches[0]?.events[0];
  // Where nobody watches there is nothing to be late for.
  if (oldest && served > 0)
    measure({ name: 'FanOutAge', unit: 'Milliseconds', value: Date.now() - Date.parse(oldest.time) });
  if (gone + evicted + dismissed > 0) log.info('Viewers left', { gone, evicted, dismissed });
  // What is in front of an unreadable record has been sent; Lambda goes on from it, and sets it apart.
  return { batchItemFailures: poison === undefined ? [] : [{ itemIdentifier: poison }] };
};
