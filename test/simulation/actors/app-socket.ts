/** An App's socket: it is opened when it is needed, and opened anew when it is lost. */
import type { Books } from '../oracle/books';
import { Random, seedOf } from '../world/random';
import type { Peer, PeerSocket } from '../world/relay-front';
import type { World } from '../world/world';
import type { Client } from './town';

/** What an App hears of one request. */
export interface Listener {
  /** The answer, as the frame that it came in. */
  answered(frame: AnswerFrame): void;
  progressed(seq: number, text: string): void;
  /** The socket is lost; nothing more comes. */
  lost(): void;
}

/** An answer on a socket. */
export interface AnswerFrame {
  id: string;
  ok: boolean;
  result?: unknown;
  error?: { code: unknown; message: string; data?: unknown };
  meta?: { id: string; outcome?: string };
}

interface Request {
  id: string;
  frame: string;
  listener: Listener;
  /** Who hears of what comes under another id than the request's own. */
  besides?: Array<{ id: string; listener: Listener }>;
}

/** The socket of one App. */
export class AppSocket implements Peer {
  private readonly listeners = new Map<string, Listener>();
  private readonly seed: number;
  private socket: PeerSocket | undefined;
  private connecting = false;
  private connects = 0;
  private waiting: Request[] = [];
  private stopped = false;

  constructor(
    private readonly world: World,
    private readonly books: Books,
    private readonly client: Client,
    private readonly tell: (what: string) => void,
  ) {
    this.seed = seedOf(world.seed, `app socket ${client.app} ${client.clientId}`);
  }

  /** Sends a request whose id no other request on this socket has. */
  send(request: Request): void {
    if (this.socket?.isOpen) this.ask(request);
    else {
      this.waiting.push(request);
      this.connect();
    }
  }

  /** Nobody listens any more. */
  forget(id: string): void {
    this.listeners.delete(id);
  }

  /** Sends a frame that is no request, where there is a socket. */
  say(frame: string, onHandled?: Parameters<PeerSocket['send']>[1]): void {
    this.socket?.send(frame, onHandled);
  }

  /** The App's network goes. */
  cut(): void {
    this.socket?.cut();
    this.lose();
  }

  /** Closes for good. */
  stop(): void {
    this.stopped = true;
    this.socket?.close();
    this.lose();
  }

  opened(socket: PeerSocket): void {
    this.connecting = false;
    this.socket = socket;
    if (this.stopped) this.stop();
    for (const request of this.waiting.splice(0)) this.ask(request);
  }

  refused(status: number): void {
    this.connecting = false;
    this.tell(`is refused with ${status}`);
    for (const { listener, besides = [] } of this.waiting.splice(0)) {
      for (const each of [listener, ...besides.map((other) => other.listener)]) each.lost();
    }
  }

  heard(text: string): void {
    const frame = JSON.parse(text);
    this.look(frame);
    if (frame.type === 'res') {
      this.listeners.get(frame.id)?.answered(frame);
    } else if (frame.event === 'relay.progress') {
      this.listeners.get(frame.params.id)?.progressed(frame.params.seq, frame.params.data);
    }
  }

  closed(): void {
    this.tell('is closed');
    this.lose();
  }

  /** Whatever it hears of a call must be of a call of its own. */
  private look({ result, params }: { result?: { id?: string }; params?: { data?: unknown } }): void {
    const name = result?.id ?? String(params?.data ?? '').split(' ')[0]!;
    const book = name.startsWith('call-') ? this.books.calls.get(name) : undefined;
    if (book && book.clientId !== this.client.clientId)
      this.books.breach('tenants', `App ${this.client.app} heard of ${name}, which is another client's.`);
  }

  private connect(): void {
    if (this.connecting || this.stopped) return;
    this.connecting = true;
    const seed = seedOf(this.seed, ++this.connects);
    const pauseMs = new Random(seed).between(1, 60);
    this.world.timeline.after(pauseMs, () => {
      this.tell('opens a socket');
      this.world.relay.connect(this, this.client.token, seed);
    });
  }

  private ask({ id, frame, listener, besides = [] }: Request): void {
    this.listeners.set(id, listener);
    for (const other of besides) this.listeners.set(other.id, other.listener);
    this.socket?.send(frame);
  }

  private lose(): void {
    this.socket = undefined;
    const listeners = [...this.listeners.values()];
    this.listeners.clear();
    for (const listener of listeners) listener.lost();
  }
}
