import WebSocket, { type ClientOptions } from 'ws';
import type { LogLine } from '../../local/host-log';

/** A WebSocket client with a queue: a test waits for what comes, never for time. */
export class FixtureClient {
  readonly socket: WebSocket;
  readonly opened: Promise<void>;
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #messages: string[] = [];
  readonly #waiting: Array<(message: string) => void> = [];

  constructor(url: string, options: ClientOptions = {}, protocols: string[] = []) {
    this.socket = new WebSocket(url, protocols, options);
    this.socket.on('message', (data) => {
      const waiting = this.#waiting.shift();
      if (waiting) waiting(String(data));
      else this.#messages.push(String(data));
    });
    this.opened = new Promise((resolve, reject) => {
      this.socket.once('open', resolve);
      this.socket.once('unexpected-response', (_request, response) => {
        reject(new Error(`refused with ${response.statusCode}`));
        this.socket.terminate();
      });
      this.socket.on('error', reject);
    });
    this.opened.catch(() => {});
    this.closed = new Promise((resolve) => {
      this.socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  /** The next message, as JSON. */
  async next<T = Record<string, unknown>>(): Promise<T> {
    const text =
      this.#messages.shift() ?? (await new Promise<string>((resolve) => this.#waiting.push(resolve)));
    return JSON.parse(text) as T;
  }

  send(value: unknown): void {
    this.socket.send(typeof value === 'string' ? value : JSON.stringify(value));
  }
}

/** Collects log lines, and waits for one. */
export class FixtureLog {
  readonly lines: LogLine[] = [];
  readonly #waiting: Array<{ pattern: RegExp; resolve: (line: string) => void }> = [];

  readonly write = (entry: LogLine): void => {
    this.lines.push(entry);
    for (const { pattern, resolve } of this.#waiting) if (pattern.test(entry.line)) resolve(entry.line);
  };

  /** Resolves with the first line, past or future, that matches. */
  async line(pattern: RegExp): Promise<string> {
    const found = this.lines.find(({ line }) => pattern.test(line));
    return found?.line ?? (await new Promise((resolve) => this.#waiting.push({ pattern, resolve })));
  }
}
