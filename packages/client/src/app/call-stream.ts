/** A call whose steps can be iterated while it runs. */
import type { Step } from './outgoing';

/** Beyond this many steps that nobody takes, the oldest are let go: a reader that stopped must not fill the memory. */
const maxWaitingSteps = 4_096;

/**
 * The steps of a call, as they come; returns the result. Leaving the loop early cancels the call. `result` settles
 * whether or not anybody iterates.
 */
export class CallStream<Result = unknown, Data = unknown> implements AsyncIterableIterator<Data, Result> {
  #steps: Step[] = [];
  #wake = () => {};
  #isOver = false;

  constructor(
    readonly id: string,
    start: (onStep: (step: Step) => void) => Promise<Result>,
    /** Cancels the call. */
    readonly cancel: () => void,
  ) {
    this.result = start((step) => {
      this.#steps.push(step);
      if (this.#steps.length > maxWaitingSteps) this.#steps.shift();
      this.#wake();
    });
    const over = () => {
      this.#isOver = true;
      this.#wake();
    };
    this.result.then(over, over);
  }

  /** The result; rejects with the call's error. */
  readonly result: Promise<Result>;
  /** The `seq` of the last step that was given out: where `follow` goes on. */
  lastSeq = -1;

  async next(): Promise<IteratorResult<Data, Result>> {
    for (;;) {
      const step = this.#steps.shift();
      if (step) {
        this.lastSeq = step.seq;
        return { done: false, value: step.data as Data };
      }
      if (this.#isOver) return { done: true, value: await this.result };
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async return(): Promise<IteratorResult<Data, Result>> {
    this.cancel();
    // Nobody asks for the result any more.
    this.result.catch(() => {});
    return { done: true, value: undefined as Result };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
