/** Time by a clock that nobody sets: `Date` jumps when a person or a network sets it. */

/** Milliseconds since some moment. */
export const now = (): number => performance.now();

/** Waits; resolves early, with `true`, when the signal fires. */
export function pause(ms: number, signal?: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve(true);
    const end = (early: boolean) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      resolve(early);
    };
    const stop = () => end(true);
    const timer = setTimeout(end, ms, false);
    signal?.addEventListener('abort', stop);
  });
}

/** How long to wait before each try: soon, then twice as long each time, never all peers at once. */
export class Backoff {
  #tries = 0;

  constructor(
    readonly minMs: number,
    readonly maxMs: number,
  ) {}

  /** The next wait: between half and the whole of the step. */
  next(): number {
    const step = Math.min(this.maxMs, this.minMs * 2 ** this.#tries++);
    return step * (0.5 + Math.random() / 2);
  }

  /** Begins anew, after a success. */
  reset(): void {
    this.#tries = 0;
  }
}

/** Settles as the promise does, or rejects with what `late` makes once the time is over. */
export function within<T>(ms: number, promise: Promise<T>, late: () => Error): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
