/** Calls on a socket: kept open once it was needed, opened anew when it is lost, left for HTTP where it cannot be had. */
import type { Answer } from '../wire/codec';
import { errorOfProblem, Forbidden, NotFound, TooLarge, Unauthorized, unreachable } from '../wire/errors';
import { ask, type Server } from '../wire/http';
import type { Frame, Link, LinkTarget } from '../wire/link';
import { type KeeperTimes, LinkKeeper, type Lost } from '../wire/link-keeper';
import { takesHeaders, type WebSocketClass, webSocketClass } from '../wire/socket';
import { within } from '../wire/time';
import { stillRuns } from './http-way';
import type { Outgoing, Step } from './outgoing';
import { Resumption } from './resumption';

/** What the socket way needs. */
export interface SocketWorld {
  server: Server;
  credentials: { relayUrl: string; clientToken: string };
  WebSocket: WebSocketClass | undefined;
  times: Partial<KeeperTimes>;
  /** The runtime came or went, by the relay's word. */
  onPresence(connected: boolean): void;
  onState(isOpen: boolean): void;
  /** The token is dead. */
  onUnauthorized(error: Unauthorized): void;
}

/** How long a call waits for a socket that is being opened before it goes by HTTP. */
const patienceMs = 3_000;

/** Where sockets cannot be had at all (a server without tickets, a proxy), they are tried again this much later. */
const afterRefusedMs = 300_000;

/** A newer socket of this token serves elsewhere: coming back at once would drive that one out, and so on for ever. */
const afterReplacedMs = 300_000;

interface Waiting {
  call: Outgoing;
  link: Link;
  done: Promise<unknown>;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

/** The socket of an App. */
export class SocketWay {
  readonly #waiting = new Map<string, Waiting>();
  readonly #keeper: LinkKeeper;
  readonly #resumption = new Resumption((id, link, error) => {
    const waiting = this.#waiting.get(id);
    if (waiting?.link === link) waiting.reject(error);
  });
  #runs = false;
  /** The link that told of the runtime last: what hello said on it before is old. */
  #presenceBy: Link | undefined;
  /** Settles when there is a link, or none can be had for now. */
  #opening: Promise<void> = Promise.resolve();
  #tellOpened = () => {};

  constructor(private readonly world: SocketWorld) {
    this.#keeper = new LinkKeeper({
      times: world.times,
      hello: {},
      target: () => this.#target(),
      onOpen: (link, { connected }) => {
        void link.closed.then(() => this.#fail(unreachable('The socket was lost.'), link));
        if (connected !== undefined && this.#presenceBy !== link) world.onPresence(connected);
        world.onState(true);
        this.#tellOpened();
      },
      onFrame: (frame, link) => this.#hear(frame, link),
      onLost: (lost) => this.#judge(lost),
      drained: (link) => Promise.allSettled(this.#on(link).map(({ done }) => done)),
    });
  }

  /** How many calls wait on it. */
  get size(): number {
    return this.#waiting.size;
  }

  /** The link to send on; undefined where none can be had soon. */
  async ready(): Promise<Link | undefined> {
    this.start();
    const late = () => unreachable('No socket yet.');
    if (!this.#keeper.link) await within(patienceMs, this.#opening, late).catch(() => {});
    return this.#keeper.link;
  }

  /** Opens the socket, should nobody have needed it yet. */
  start(): void {
    if (this.#runs) return;
    this.#runs = true;
    this.#expectLink();
    void this.#keeper.run().then(() => this.#tellOpened());
  }

  /** The network may be back. */
  hurry(): void {
    if (!this.#runs) return;
    if (!this.#keeper.link) this.#expectLink();
    this.#keeper.hurry();
  }

  /** Opens the next socket now. */
  handOver(): void {
    this.#keeper.renew();
  }

  stop(): void {
    this.#keeper.stop();
  }

  /**
   * Takes a call to its answer: goes on with one that may run already, sends one that the relay does not know. Gives undefined where
   * it is for HTTP: its params or its answer are over one message. Throws `Unreachable` when the socket is lost.
   */
  async take(link: Link, call: Outgoing): Promise<Answer | undefined> {
    try {
      if (call.mayRun && !this.#waiting.has(call.id)) {
        try {
          return await this.#wait(link, call, call.id, () => this.#resumption.ask(link, call));
        } catch (error) {
          if (!(error instanceof NotFound && call.asked)) throw error;
        }
      }
      if (!call.asked || !call.fitsSocket) return undefined;
      // The call's own id, unless another caller of this page asks under it at the same time.
      let id = call.id;
      while (this.#waiting.has(id)) id += '+';
      return await this.#wait(link, call, id, () => this.#send(link, call, id));
    } catch (error) {
      // The answer waits to be fetched.
      if (error instanceof TooLarge && error.id !== undefined && error.outcome === undefined)
        return undefined;
      throw error;
    }
  }

  /** The end of a call should have been heard by now: whoever waits for it asks again. */
  doubt(call: Outgoing): void {
    for (const waiting of this.#waiting.values()) if (waiting.call === call) waiting.reject(stillRuns());
  }

  async #wait(link: Link, call: Outgoing, id: string, begin: () => void): Promise<Answer> {
    const { signal } = call.gone;
    const leave = () => this.#waiting.get(id)?.reject(signal.reason);
    const done = new Promise<Answer>((resolve, reject) => {
      this.#waiting.set(id, { call, link, resolve, reject, done: Promise.resolve() });
    });
    this.#waiting.get(id)!.done = done;
    signal.addEventListener('abort', leave);
    if (link.isOpen) begin();
    else this.#fail(unreachable('The socket was lost.'), link);
    try {
      return await done;
    } finally {
      signal.removeEventListener('abort', leave);
      this.#waiting.delete(id);
    }
  }

  #send(link: Link, call: Outgoing, id: string): void {
    const { asked, timeoutMs, options } = call;
    const { traceparent } = options;
    const meta = { id: call.id, timeoutMs, ...(traceparent ? { traceparent } : {}) };
    call.mayRun = true;
    link.send({ jsonrpc: '2.0', id, ...asked, meta });
  }

  #expectLink(): void {
    this.#opening = new Promise((resolve) => {
      this.#tellOpened = resolve;
    });
  }

  #on(link: Link): Waiting[] {
    return [...this.#waiting.values()].filter((waiting) => waiting.link === link);
  }

  #fail(error: unknown, link: Link): void {
    for (const { reject } of this.#on(link)) reject(error);
  }

  #hear(frame: Frame, link: Link): void {
    const { id, event, params, type, message, connectionId } = frame;
    if (event === 'relay.presence') {
      this.#presenceBy = link;
      this.world.onPresence((params as { connected: boolean }).connected);
    }
    if (event === 'relay.progress') {
      const step = params as Step & { id: string };
      this.#waiting.get(step.id)?.call.hear(step);
    }
    // A frame of ours was lost in the relay, and nobody says which: all of them are asked for again.
    if (message !== undefined && connectionId !== undefined) {
      for (const { reject } of this.#waiting.values()) reject(stillRuns());
    }
    const waiting = this.#waiting.get(id as string);
    if (!waiting || type !== 'res') return;
    const problem = errorOfProblem(frame.error?.data);
    if (!problem) waiting.resolve(frame as Answer);
    // Whoever joined a call that outlives the time it was given is told so: the call has no outcome yet.
    else if (problem.code === 'rpc_timeout' && problem.outcome === undefined) waiting.reject(stillRuns());
    else waiting.reject(problem);
  }

  /** A browser's socket takes no header, so a ticket for one use stands in the address; a token never does. */
  async #target(): Promise<LinkTarget> {
    const { credentials, server } = this.world;
    const Class = await webSocketClass(this.world.WebSocket);
    if (!Class) throw new NotFound('There is no WebSocket here.', { code: 'not_found' });
    const { relayUrl, clientToken: credential } = credentials;
    if (takesHeaders(Class))
      return { Class, url: relayUrl, headers: { authorization: `Bearer ${credential}` } };
    const { url } = await ask<{ url: string }>(server, 'POST /api/relay/tickets', { credential, body: {} });
    return { Class, url, headers: {} };
  }

  async #judge({ error, status, code }: Lost): Promise<'stop' | { afterMs: number }> {
    this.world.onState(this.#keeper.link !== undefined);
    this.#tellOpened();
    if (error instanceof NotFound || error instanceof Forbidden) return { afterMs: afterRefusedMs };
    if (code === 4008) return { afterMs: afterReplacedMs };
    const unsaid = code === undefined && (status === undefined || status === 401);
    const dead = unsaid || code === 1000 || code === 4001 ? await this.#deadToken() : undefined;
    if (dead) {
      this.world.onUnauthorized(dead);
      return 'stop';
    }
    // A socket that was open is soon open again: calls wait for it. One that never opened keeps nobody waiting.
    if (code !== undefined) this.#expectLink();
    return { afterMs: 0 };
  }

  /** Which handshakes say 401 depends on the WebSocket, and portals say it too: only the server's own word counts. */
  async #deadToken(): Promise<Unauthorized | undefined> {
    const { server, credentials } = this.world;
    return await ask(server, 'GET /api/relay/status', { credential: credentials.clientToken }).then(
      () => undefined,
      (error) => (error instanceof Unauthorized ? error : undefined),
    );
  }
}
