/** A `text/event-stream` as it comes. */
import type { IncomingMessage } from 'node:http';
import { createParser } from 'eventsource-parser';
import { broken } from '../harness/expect';
import { unheeded } from '../harness/unheeded';
import { type Ask, headersOf, send } from './http';
import { Moments } from './moments';
import { parsed } from './parsed';

/** One event, or a comment, which has the event `comment`. */
export interface StreamEvent {
  event: string;
  id?: string;
  // biome-ignore lint/suspicious/noExplicitAny: cases look into data of every shape
  data: any;
}

/** An open stream. */
export class EventStream extends Moments {
  readonly events: StreamEvent[] = [];
  readonly status: number;
  readonly headers: Record<string, string>;
  /** Whatever came, as text. */
  text = '';
  private isOver = false;
  /** Resolves when the server has ended it, or it was dropped. */
  readonly ended: Promise<void>;

  private constructor(private readonly response: IncomingMessage) {
    super();
    this.status = response.statusCode ?? 0;
    this.headers = headersOf(response);
    const parser = createParser({
      onEvent: ({ event = 'message', id, data }) =>
        this.add({ event, ...(id === undefined ? {} : { id }), data: parsed(data) }),
      onComment: (data) => this.add({ event: 'comment', data }),
    });
    this.ended = new Promise((resolve) => {
      const end = () => {
        this.isOver = true;
        this.happened();
        resolve();
      };
      response.setEncoding('utf8').on('data', (chunk: string) => {
        this.text += chunk;
        parser.feed(chunk);
      });
      response.on('end', end).on('error', end).on('close', end);
    });
  }

  /** Opens one. A refusal is a stream as well, whose text is the problem. */
  static async open(url: string, method: string, ask: Ask): Promise<EventStream> {
    const headers = { accept: 'text/event-stream', ...ask.headers };
    return new EventStream(await send(url, method, { ...ask, headers }));
  }

  /** The first event of a name that fits, of all so far and to come. */
  event(name: string, fits: (event: StreamEvent) => boolean = () => true): Promise<StreamEvent> {
    const look = () => {
      const found = this.events.find((event) => event.event === name && fits(event));
      if (!found && this.isOver) broken(`the stream ended without ${name}`);
      return found;
    };
    return unheeded(this.until(look));
  }

  /** The last event that is no comment, once the stream has ended. */
  async last(): Promise<StreamEvent> {
    await this.ended;
    return this.events.filter(({ event }) => event !== 'comment').at(-1) ?? broken('the stream was empty');
  }

  /** The `seq` of each step, as they came. */
  seqs(): number[] {
    return this.events.filter(({ event }) => event === 'progress').map(({ data }) => data.seq);
  }

  /** Goes away, as a network does. */
  drop(): void {
    this.response.destroy();
  }

  private add(event: StreamEvent): void {
    this.events.push(event);
    this.happened();
  }
}
