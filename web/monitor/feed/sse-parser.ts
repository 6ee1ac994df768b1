/** One dispatched event of a stream. */
export interface SseMessage {
  /** `message` where the stream names none. */
  readonly event: string;
  readonly data: string;
  /** The last id the stream gave, which may be an earlier event's. */
  readonly lastEventId: string;
}

/**
 * Parses `text/event-stream` from chunks cut anywhere: inside a line, between CR and LF, inside a character.
 * See https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export class SseParser {
  readonly #decoder = new TextDecoder();
  #rest = '';
  #skipLineFeed = false;
  #event = '';
  #data: string[] = [];
  /** The id to resume after; empty until the stream gives one. */
  lastEventId = '';
  /** What the stream asks for between attempts. */
  retryMs: number | undefined;

  /** Takes the next bytes and returns the messages that they complete. */
  push(chunk: Uint8Array): SseMessage[] {
    let text = this.#rest + this.#decoder.decode(chunk, { stream: true });
    if (this.#skipLineFeed && text.length > 0) {
      if (text.startsWith('\n')) text = text.slice(1);
      this.#skipLineFeed = false;
    }
    const messages: SseMessage[] = [];
    let start = 0;
    for (const end of text.matchAll(/\r\n|\n|\r/g)) {
      const message = this.#line(text.slice(start, end.index));
      if (message) messages.push(message);
      start = end.index + end[0].length;
      // A CR that ends the chunk may be the first half of a CRLF.
      if (end[0] === '\r' && start === text.length) this.#skipLineFeed = true;
    }
    this.#rest = text.slice(start);
    return messages;
  }

  #line(line: string): SseMessage | undefined {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return undefined;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') this.#data.push(value);
    else if (field === 'event') this.#event = value;
    else if (field === 'id' && !value.includes('\0')) this.lastEventId = value;
    else if (field === 'retry' && /^\d+$/.test(value)) this.retryMs = Number(value);
    return undefined;
  }

  #dispatch(): SseMessage | undefined {
    const data = this.#data;
    const event = this.#event || 'message';
    this.#data = [];
    this.#event = '';
    if (data.length === 0) return undefined;
    return { event, data: data.join('\n'), lastEventId: this.lastEventId };
  }
}
