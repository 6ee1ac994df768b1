/**
 * One socket to the relay, from its handshake to its end: JSON-RPC requests of our own on it, signs of life both ways,
 * and the word that says why it closed.
 *
 *   connecting ─ open ─ hello ─┬─ renewal is due ─ (a next link opens) ─ retired ─ closed
 *                              └─ silent, cut, closed by the relay ──────────────── closed
 */
import { type ErrorDetails, RelayError, unreachable } from './errors';
import { type Closed, openSocket, type Socket, type WebSocketClass } from './socket';
import { within } from './time';

/** A frame as it came. */
export interface Frame {
  type?: string;
  id?: string | number | null;
  ok?: boolean;
  method?: string;
  event?: string;
  params?: unknown;
  result?: unknown;
  error?: { code: number | string; message: string; data?: unknown };
  meta?: Record<string, unknown>;
  /** API Gateway's own words when a function failed. */
  message?: string;
  connectionId?: string;
}

/** Times of a link, in milliseconds; the server's word in `relay.hello` goes before the first two. */
export interface LinkTimes {
  /** How often something is sent. Default 480,000: API Gateway closes a socket after 600,000 of silence. */
  keepaliveMs: number;
  /** After what age the next socket is opened. Default 6,600,000: API Gateway closes every socket at 7,200,000. */
  reconnectAfterMs: number;
  /** How often a WebSocket ping goes out, for NAT's sake; these cost nothing. Default 25,000. */
  pingMs: number;
  /** How long an answer may take before the socket counts as dead. Default 15,000. */
  patienceMs: number;
}

/** What holds unless somebody says otherwise. */
export const usualTimes: LinkTimes = {
  keepaliveMs: 480_000,
  reconnectAfterMs: 6_600_000,
  pingMs: 25_000,
  patienceMs: 15_000,
};

/** What the relay says in its answer to `relay.hello`. */
export interface Policy extends Partial<LinkTimes> {
  connected?: boolean;
}

/** Our own word for a socket whose other side is silent. */
const halfOpen = 4000;

/** Where a link goes. */
export interface LinkTarget {
  Class: WebSocketClass;
  url: string;
  headers: Record<string, string>;
}

/** An open link. */
export class Link {
  /** Settles once, with why. */
  readonly closed: Promise<Closed>;
  isOpen = false;
  /** Settles when a next link is due. */
  readonly renewed: Promise<void>;
  /** Asks for a next link. */
  readonly renew: () => void;
  #socket!: Socket;
  #timers: Array<ReturnType<typeof setInterval>> = [];
  #asked = new Map<string, (frame: Frame | undefined) => void>();
  #asks = 0;
  #silent: ReturnType<typeof setTimeout> | undefined;
  #renewal: ReturnType<typeof setTimeout> | undefined;
  #said: number | undefined;

  /** Opens a socket; rejects with `Unreachable`, whose `status` is the handshake's where it can be known. */
  static async open(target: LinkTarget, times: LinkTimes, onFrame: (frame: Frame, link: Link) => void) {
    const link = new Link(target, times, onFrame);
    await within(times.patienceMs, link.#opened, () => {
      link.close();
      return unreachable('The socket did not open in time.');
    });
    return link;
  }

  readonly #opened: Promise<void>;

  private constructor(
    { Class, url, headers }: LinkTarget,
    readonly times: LinkTimes,
    onFrame: (frame: Frame, link: Link) => void,
  ) {
    let resolveRenewed = () => {};
    this.renewed = new Promise((resolve) => {
      resolveRenewed = resolve;
    });
    this.renew = resolveRenewed;
    let resolveClosed: (closed: Closed) => void;
    this.closed = new Promise((resolve) => {
      resolveClosed = resolve;
    });
    this.#opened = new Promise((resolve, reject) => {
      this.#socket = openSocket(Class, url, headers, {
        onOpen: () => {
          this.isOpen = true;
          resolve();
        },
        onText: (text) => this.#hear(text, onFrame),
        onSign: () => this.#hearSign(),
        onClosed: (closed) => {
          this.#end();
          const why = { ...closed, code: this.#said ?? closed.code };
          reject(unreachable(`The socket closed with ${why.code}.`, { status: why.status }));
          resolveClosed(why);
        },
      });
    });
    this.#opened.catch(() => {});
  }

  /** Sends a frame; into a socket that is closed, nothing. */
  send(frame: object | string): void {
    this.#socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Asks the relay something of its own and gives the result. Throws the relay's error, or `Unreachable`. */
  async ask<T>(method: string, params: object = {}): Promise<T> {
    const id = `relay-${++this.#asks}`;
    const answer = new Promise<Frame | undefined>((resolve) => {
      this.#asked.set(id, resolve);
    });
    if (!this.isOpen) this.#asked.get(id)?.(undefined);
    this.send({ jsonrpc: '2.0', id, method, params });
    const late = () => unreachable(`The relay did not answer ${method}.`);
    const frame = await within(this.times.patienceMs, answer, late).finally(() => this.#asked.delete(id));
    if (!frame) throw late();
    if (frame.ok === false || frame.error)
      throw new RelayError(String(frame.error?.message), frameError(frame));
    return frame.result as T;
  }

  /** Looks whether the other side lives: closes the link when it does not say so. */
  probe(): void {
    this.ask('relay.ping').catch(() => this.close(halfOpen));
  }

  /** Says hello, and from then on keeps the link alive and knows when it is due to be renewed. Gives the server's word. */
  async hello(params: object, given: Partial<LinkTimes>): Promise<Policy> {
    const policy = await this.ask<Policy>('relay.hello', params);
    const { keepaliveMs, reconnectAfterMs, pingMs } = { ...usualTimes, ...policy, ...given };
    if (!this.isOpen) throw unreachable('The socket closed.');
    this.#timers.push(setInterval(() => this.probe(), keepaliveMs));
    if (this.#socket.ping) this.#timers.push(setInterval(() => this.#ping(), pingMs));
    this.#renewal = setTimeout(() => this.renew(), reconnectAfterMs * (0.9 + Math.random() / 10));
    return policy;
  }

  /** Ends it. */
  close(code = 1000): void {
    this.#socket.close(code);
  }

  #ping(): void {
    this.#socket.ping?.();
    this.#silent ??= setTimeout(() => this.close(halfOpen), this.times.patienceMs);
  }

  #hearSign(): void {
    clearTimeout(this.#silent);
    this.#silent = undefined;
  }

  #hear(text: string, onFrame: (frame: Frame, link: Link) => void): void {
    let frame: Frame;
    try {
      frame = JSON.parse(text);
    } catch {
      return;
    }
    if (typeof frame !== 'object' || frame === null) return;
    const asked = frame.method === undefined ? this.#asked.get(frame.id as string) : undefined;
    if (asked) {
      asked(frame);
      return;
    }
    // API Gateway closes with codes of its own; the relay's are said before.
    if (frame.event === 'relay.closing') this.#said = (frame.params as { code?: number } | undefined)?.code;
    onFrame(frame, this);
  }

  #end(): void {
    this.isOpen = false;
    this.#hearSign();
    clearTimeout(this.#renewal);
    for (const timer of this.#timers) clearInterval(timer);
    for (const resolve of this.#asked.values()) resolve(undefined);
  }
}

function frameError({ error }: Frame): ErrorDetails {
  return { code: error?.code ?? 'unknown', data: error?.data };
}
