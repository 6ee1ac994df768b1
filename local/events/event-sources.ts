/** The event source mappings of a stack: streams of tables, and queues. */
import type { Meter } from '../aws/meter';
import type { EngineClient } from '../tables/engine-client';
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

/** The mappings of a stack, their starting positions fixed. */
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
  engine: EngineClient;
  meter: Meter;
  disturb(): Disturb | undefined;
  log(line: string): void;
}

/** Fixes the starting positions of streams now, so that nothing written after the host's start is missed. */
export async function prepareEventSources(
  { streams, queues }: SourcesOfStack,
  { engine, ...ports }: PollerPorts,
): Promise<EventSources> {
  const stopped = new AbortController();
  const startStreams = await prepareStreams(streams, engine, ports.log, stopped.signal);
  return {
    start: (invoke) => {
      startStreams(invoke);
      for (const source of queues) pollQueue(source, { ...ports, invoke }, stopped.signal);
    },
    stop: () => stopped.abort(),
  };
}
