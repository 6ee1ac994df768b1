/** The monitor as a viewer uses it: the history, the stream and a socket, each with what came so far. */
import { createParser } from 'eventsource-parser';
import { WebSocket } from 'ws';
import type { MonitorEvent } from '../../../lambdas/core/monitor/monitor-events';
import { request } from '../api';
import { registrationToken } from '../relay';

/** Asks for a page of the history. */
export async function history(
  base: string,
  query = '',
): Promise<{ events: MonitorEvent[]; nextBefore?: string }> {
  const { status, body } = await request(base, `GET /api/monitor/events${query}`, {
    credential: registrationToken,
  });
  if (status !== 200) throw new Error(`history: ${status} ${JSON.stringify(body)}`);
  return body;
}

/** What a viewer has got, in the order in which it came; waits for more. */
export class Arrivals {
  readonly events: MonitorEvent[] = [];
  /** Why nothing more will come. */
  private over: string | undefined;
  private waiting: Array<() => void> = [];

  add(...events: MonitorEvent[]): void {
    this.events.push(...events);
    for (const wake of this.waiting.splice(0)) wake();
  }

  /** Fails whoever still waits. */
  end(over: string): void {
    this.over = over;
    this.add();
  }

  /** Resolves with the result as soon as it is one. */
  async until<T>(find: (events: MonitorEvent[]) => T | undefined | false): Promise<T> {
    for (;;) {
      const found = find(this.events);
      if (found !== undefined && found !== false) return found;
      if (this.over)
        throw new Error(`${this.over} before such an event came: ${JSON.stringify(this.events)}`);
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  /** The first event of a type, of those so far and to come. */
  event(type: string, fits: (event: MonitorEvent) => boolean = () => true): Promise<MonitorEvent> {
    return this.until((events) => events.find((event) => event.type === type && fits(event)));
  }
}

/** An open live stream. */
export interface OpenStream extends Arrivals {
  /** The raw text so far. */
  text(): string;
  lastEventId(): string;
  close(): void;
}

/** Opens the live stream; resolves when the server has accepted. */
export async function openStream(
  base: string,
  headers: Record<string, string> = {},
  query = '',
): Promise<OpenStream> {
  const abort = new AbortController();
  const response = await fetch(`${base}/api/monitor/stream${query}`, {
    signal: abort.signal,
    headers: { authorization: `Bearer ${registrationToken}`, ...headers },
  });
  if (!response.ok || !response.body) throw new Error(`stream: ${response.status} ${await response.text()}`);
  const arrivals = new Arrivals();
  let lastEventId = '';
  const parser = createParser({
    onEvent: ({ id, data }) => {
      lastEventId = id ?? lastEventId;
      arrivals.add(JSON.parse(data) as MonitorEvent);
    },
  });
  const decoder = new TextDecoder();
  let text = '';
  const read = async (body: ReadableStream<Uint8Array>) => {
    for await (const chunk of body) {
      const piece = decoder.decode(chunk, { stream: true });
      text += piece;
      parser.feed(piece);
    }
  };
  read(response.body)
    .catch(() => {})
    .then(() => arrivals.end('The stream ended'));
  return Object.assign(arrivals, {
    text: () => text,
    lastEventId: () => lastEventId,
    close: () => abort.abort(),
  });
}

/** A viewer's socket. */
export interface Viewer extends Arrivals {
  socket: WebSocket;
  closed: Promise<number>;
  close(): void;
}

/** Gets a ticket and opens a viewer's socket with it. */
export async function openViewer(base: string): Promise<Viewer> {
  const { body } = await request(base, 'POST /api/monitor/tickets', { credential: registrationToken });
  const socket = new WebSocket(body.url);
  const arrivals = new Arrivals();
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data));
    if (frame.event === 'monitor') arrivals.add(...frame.params.events);
  });
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  void closed.then(() => arrivals.end('The socket closed'));
  await new Promise<void>((resolve, reject) => {
    socket.on('open', () => resolve());
    socket.on('error', reject);
  });
  return Object.assign(arrivals, { socket, closed, close: () => socket.close() });
}
