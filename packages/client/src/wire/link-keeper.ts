/**
 * Keeps a link to the relay: opens one, opens the next before it is too old, and comes back with patience when it is
 * lost. Older links serve on until they are drained; the newest is the one to send on.
 */
import { RelayError } from './errors';
import { type Frame, Link, type LinkTarget, type LinkTimes, type Policy, usualTimes } from './link';
import { Backoff, pause } from './time';

/** Times of a keeper, in milliseconds. */
export interface KeeperTimes extends LinkTimes {
  /** The first wait after a loss, and the longest. Defaults 250 and 30,000. */
  minBackoffMs: number;
  maxBackoffMs: number;
  /** How long an older link stays open beside a newer one at most. Default 10,000. */
  drainMs: number;
}

/** Why there is no link. */
export interface Lost {
  /** The status of a refused handshake or of the request before it, where it is known. */
  status?: number | undefined;
  /** The code of a socket that had opened. */
  code?: number | undefined;
  error?: unknown;
}

/** What its owner decides. */
export interface Keeping {
  times: Partial<KeeperTimes>;
  /** Where the next link goes; asked anew for each. */
  target(): Promise<LinkTarget>;
  /** The params of `relay.hello`. */
  hello: object;
  onOpen(link: Link, policy: Policy): void;
  onFrame(frame: Frame, link: Link): void;
  /** Told of each loss: whether to go on, after which wait at least. */
  onLost(lost: Lost): Promise<'stop' | { afterMs: number }>;
  /** Resolves when an older link has nothing left to do. */
  drained?(link: Link): Promise<unknown>;
}

/** A link that lived this long was a good one: the next wait is a short one again. */
const goodAfterMs = 10_000;

/** A keeper; `run` is its life. */
export class LinkKeeper {
  /** The link to send on, while there is one. */
  link: Link | undefined;
  readonly #all = new Set<Link>();
  readonly #stopped = new AbortController();
  #hurry = new AbortController();
  readonly #times: KeeperTimes;

  constructor(private readonly keeping: Keeping) {
    const own = { minBackoffMs: 250, maxBackoffMs: 30_000, drainMs: 10_000 };
    this.#times = { ...usualTimes, ...own, ...keeping.times };
  }

  /** Runs until `stop`, or until the owner says so. */
  async run(): Promise<void> {
    const { signal } = this.#stopped;
    const backoff = new Backoff(this.#times.minBackoffMs, this.#times.maxBackoffMs);
    while (!signal.aborted) {
      const openedAtMs = performance.now();
      const lost = await this.#serve();
      if (signal.aborted) break;
      if (!lost) continue;
      if (performance.now() - openedAtMs > goodAfterMs) backoff.reset();
      const verdict = await this.keeping.onLost(lost);
      if (verdict === 'stop' || signal.aborted) break;
      this.#hurry = new AbortController();
      await pause(Math.max(backoff.next(), verdict.afterMs), this.#hurry.signal);
    }
    this.stop();
  }

  /** The network may be back: looks whether the link lives, or tries now instead of later. */
  hurry(): void {
    if (this.link) this.link.probe();
    else this.#hurry.abort();
  }

  /** Opens the next link now. */
  renew(): void {
    this.link?.renew();
  }

  /** Ends it, with every link. */
  stop(): void {
    this.#stopped.abort();
    this.#hurry.abort();
    for (const link of this.#all) link.close();
    this.link = undefined;
  }

  /** One link, until a next one is due (undefined) or it is lost. */
  async #serve(): Promise<Lost | undefined> {
    let link: Link;
    try {
      link = await this.#open();
    } catch (error) {
      return { error, status: error instanceof RelayError ? error.status : undefined };
    }
    const closed = await Promise.race([link.closed, link.renewed]);
    return closed ? { code: closed.code } : undefined;
  }

  async #open(): Promise<Link> {
    const { keeping } = this;
    const target = await keeping.target();
    const link = await Link.open(target, this.#times, (frame, from) => keeping.onFrame(frame, from));
    this.#all.add(link);
    void link.closed.then(() => {
      this.#all.delete(link);
      // The one before may still be open: it serves on.
      if (this.link === link) this.link = [...this.#all].at(-1);
    });
    if (this.#stopped.signal.aborted) link.close();
    try {
      const policy = await link.hello(keeping.hello, keeping.times);
      const older = this.link;
      this.link = link;
      keeping.onOpen(link, policy);
      if (older) void this.#retire(older);
      return link;
    } catch (error) {
      link.close();
      throw error;
    }
  }

  async #retire(link: Link): Promise<void> {
    const drain = pause(this.#times.drainMs, this.#stopped.signal);
    // What was on its way to the older link when the newer one opened still arrives.
    await Promise.race([this.keeping.drained?.(link) ?? drain, drain]);
    link.close();
  }
}
