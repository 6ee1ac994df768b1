import type { ServerResponse } from 'node:http';

/** An answer that was given, or broken off by its caller. */
export interface GivenAnswer {
  status: number;
  /** From the request's head to the answer's last byte. */
  seconds: number;
}

/** The answers that a port owes: followed, so that its end can wait for them. */
export class Answers {
  readonly #owed = new Set<ServerResponse>();
  #ends = false;
  #onChange: () => void = () => {};
  readonly #onGiven: (answer: GivenAnswer) => void;

  constructor(onGiven: (answer: GivenAnswer) => void = () => {}) {
    this.#onGiven = onGiven;
  }

  follow(response: ServerResponse): void {
    if (this.#ends) response.shouldKeepAlive = false;
    this.#owed.add(response);
    const askedAt = performance.now();
    response.once('close', () => {
      this.#owed.delete(response);
      this.#onGiven({ status: response.statusCode, seconds: (performance.now() - askedAt) / 1_000 });
      this.#onChange();
    });
  }

  /** From now on each answer ends its connection, and says so where that is still to be said. */
  endConnections(): void {
    this.#ends = true;
    for (const response of this.#owed) response.shouldKeepAlive = false;
  }

  /**
   * Resolves when every answer is given, or after `ms`. An event stream may go on for minutes, and whoever reads it asks again
   * from where it stopped: nobody waits for those.
   */
  settled(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const look = setInterval(() => this.#onChange(), LOOK_AGAIN_MS);
      const end = () => {
        clearInterval(look);
        clearTimeout(timer);
        this.#onChange = () => {};
        resolve();
      };
      const timer = setTimeout(end, ms);
      // An answer tells only with its head that it is a stream.
      this.#onChange = () => {
        if ([...this.#owed].every(isEventStream)) end();
      };
      this.#onChange();
    });
  }
}

const LOOK_AGAIN_MS = 50;

function isEventStream(response: ServerResponse): boolean {
  return response.headersSent && String(response.getHeader('content-type')).startsWith('text/event-stream');
}
