/** The server's time as this side can know it: deadlines are the server's, and the clock here may be wrong by hours. */
import { now } from '../wire/time';

/** Estimates how long it is until a moment of the server. */
export class ServerClock {
  #aheadMs: number | undefined;
  #waiting: Array<() => void> = [];

  /** Takes the time that the server named in an answer just now. */
  hear(time: unknown): void {
    const atMs = Date.parse(String(time));
    if (Number.isNaN(atMs)) return;
    this.#aheadMs = atMs - now();
    for (const tell of this.#waiting.splice(0)) tell();
  }

  /** Calls back at a moment of the server; what comes back takes that back. Before the first `hear` it waits for it. */
  at(deadline: string, callback: () => void): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOff = false;
    const start = () => {
      const leftMs = this.leftUntil(deadline);
      if (!isOff && leftMs !== undefined) timer = setTimeout(callback, Math.max(0, leftMs));
    };
    if (this.#aheadMs === undefined) this.#waiting.push(start);
    else start();
    return () => {
      isOff = true;
      clearTimeout(timer);
    };
  }

  /** Milliseconds until a moment of the server; undefined while nobody knows, or for what is no moment. */
  leftUntil(deadline: string): number | undefined {
    const leftMs = Date.parse(deadline) - (this.#aheadMs ?? Number.NaN) - now();
    // Node.js fires longer timers at once.
    return Number.isNaN(leftMs) ? undefined : Math.min(leftMs, 2 ** 31 - 1);
  }
}
