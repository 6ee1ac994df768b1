/** The event source mappings of a stack: streams of tables, and queues. */
import type { Meter } from '../aws/meter';
import type { TableStream } from '../tables/table-stream';
import type { Disturb, Invoke } from '../types';
import type { MappingProperties, Surroundings } from './mapping';
import { pollQueue } from './queue-poller';
import { type QueueSource, readQueueSource } from './queue-source';
import { prepareStreams } from './stream-poller';
import { readStreamSource, type StreamSource } from './stream-source';

/** Every enabled mapping. */
export interface SourcesOfStack {
  streams: StreamSource[];
  queues: QueueSource[];
}

/** The mappings of a stack, their streams open. */
export interface EventSources {
  start(invoke: Invoke): void;
  stop(): void;
}

/** Reads every enabled mapping of the stack. Throws on one that AWS would refuse or this host does not know. */
export function readEventSources(surroundings: Surroundings): SourcesOfStack {
  const sources: SourcesOfStack = { streams: [], queues: [] };
  const mappings = surroundings.resolver.ofType<MappingProperties>('AWS::Lambda::EventSourceMapping');
  for (const { logicalId, properties } of mappings) {
    if (properties.Enabled === false) continue;
    const queue = surroundings.queues.byArn(properties.EventSourceArn);
    if (queue) sources.queues.push(readQueueSource(logicalId, properties, queue, surroundings));
    else sources.streams.push(readStreamSource(logicalId, properties, surroundings));
  }
  return sources;
}

/** What the pollers need besides their sources. */
export interface PollerPorts {
  /** By the names of their tables. */
  streams: ReadonlyMap<string, TableStream>;
  meter: Meter;
  disturb(): Disturb | undefined;
  log(line: string): void;
}

/** Opens the streams now, so that nothing written after the host's start is missed. */
export function prepareEventSources(
  sources: SourcesOfStack,
  { streams, ...ports }: PollerPorts,
): EventSources {
  const stopped = new AbortController();
  const startStreams = prepareStreams(sources.streams, streams, ports.log, stopped.signal);
  return {
    start: (invoke) => {
      startStreams(invoke);
      for (const source of sources.queues) pollQueue(source, { ...ports, invoke }, stopped.signal);
    },
    stop: () => stopped.abort(),
  };
}
