/** A streamed call, read event by event, so that a test waits for what it expects and never for time. */
import type { Paired } from './api';

/** One server-sent event, or a comment. */
export interface StreamEvent {
  event: string;
  id?: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into data of every shape
  data: any;
  atMs: number;
}

/** An open stream. */
export class CallStream {
  readonly events: StreamEvent[] = [];
  private waiting: Array<() => void> = [];
  private ended = false;
  readonly end: Promise<void>;

  private constructor(
    readonly response: Response,
    private readonly controller: AbortController,
  ) {
    this.end = this.read().catch(() => {
      this.finish();
    });
  }

  /** Starts a call and follows it. */
  static async call(
    base: string,
    app: Paired,
    body: Record<string, unknown>,
    headers: Record<string, string> = {},
  ) {
    return CallStream.open(`${base}/api/relay/rpc`, app, headers, {
      method: 'POST',
      body: JSON.stringify({ gatewayId: app.gatewayId, ...body }),
    });
  }

  /** Follows a call that runs, or has run. */
  static async resume(base: string, app: Paired, id: string, lastEventId?: string | number) {
    const headers: Record<string, string> =
      lastEventId === undefined ? {} : { 'last-event-id': `${lastEventId}` };
    return CallStream.open(`${base}/api/relay/rpc/${id}`, app, headers, {});
  }

  private static async open(url: string, app: Paired, headers: Record<string, string>, init: RequestInit) {
    const controller = new AbortController();
    const response = await fetch(url, {
      ...init,
      signal: controller.signal,
      headers: { authorization: `Bearer ${app.clientToken}`, accept: 'text/event-stream', ...headers },
    });
    return new CallStream(response, controller);
  }

  /** The n-th event of a name, counted from 0, as soon as it is there. */
  async event(name: string, n = 0): Promise<StreamEvent> {
    for (;;) {
      const found = this.events.filter(({ event }) => event === name)[n];
      if (found) return found;
      if (this.ended) throw new Error(`The stream ended before ${name} ${n}: ${JSON.stringify(this.events)}`);
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  /** What the stream ended with. */
  async last(): Promise<StreamEvent> {
    await this.end;
    return this.events.at(-1)!;
  }

  /** Goes away as a caller that lost its network does. */
  drop(): void {
    this.controller.abort();
  }

  private async read(): Promise<void> {
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of this.response.body!) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop()!;
      for (const block of blocks) this.events.push(eventOf(block));
      this.wake();
    }
    this.finish();
  }

  private finish(): void {
    this.ended = true;
    this.wake();
  }

  private wake(): void {
    for (const wake of this.waiting.splice(0)) wake();
  }
}

function eventOf(block: string): StreamEvent {
  const lines = new Map(
    block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  );
  const [data, id] = [lines.get('data'), lines.get('id')];
  return {
    event: lines.get('event') ?? 'comment',
    data: data === undefined ? undefined : JSON.parse(data),
    ...(id === undefined ? {} : { id }),
    atMs: Date.now(),
  };
}
