/**
 * The commands a runtime has taken, by the relay's id. Each runs once however often it is heard of, so an id is kept
 * longer than any call lives; what it holds is bounded.
 */
import { now } from '../wire/time';

/** A command that was taken. */
export interface Taken {
  /** While it runs: ends it. */
  controller?: AbortController;
  /** The last steps, as frames, for a socket that lost them. */
  steps: string[];
  seq: number;
  /** Settles when every step so far is encoded. */
  coding?: Promise<void>;
  /** The answer's frame, until it is known to have arrived or is too old. */
  answer?: string;
  atMs: number;
}

/** A call lives 840 s at most. */
const keepMs = 900_000;
const maxKept = 10_000;
const maxAnswerBytes = 8 * 1024 * 1024;

/** A bounded record of them. */
export class TakenCommands {
  readonly #all = new Map<string, Taken>();
  #answerBytes = 0;

  /** How many are known. */
  get size(): number {
    return this.#all.size;
  }

  get(id: string): Taken | undefined {
    return this.#all.get(id);
  }

  /** Those that run. */
  *running(): Iterable<[string, Taken]> {
    for (const entry of this.#all) if (entry[1].controller) yield entry;
  }

  /** Enters a new one. */
  take(id: string): Taken & { controller: AbortController } {
    const taken = { controller: new AbortController(), steps: [], seq: 0, atMs: now() };
    this.#all.set(id, taken);
    return taken;
  }

  /** Ends one; with an answer it can be sent again. */
  settle(id: string, answer?: string): void {
    const taken = this.#all.get(id);
    if (!taken) return;
    delete taken.controller;
    delete taken.coding;
    taken.steps = [];
    if (answer !== undefined) taken.answer = answer;
    this.#answerBytes += answer?.length ?? 0;
    this.#forget();
  }

  /** Lets go of an answer that has arrived. */
  drop(id: string): void {
    const taken = this.#all.get(id);
    this.#answerBytes -= taken?.answer?.length ?? 0;
    delete taken?.answer;
  }

  #forget(): void {
    const oldMs = now() - keepMs;
    for (const [id, { controller, atMs, answer }] of this.#all) {
      const isOver = this.#all.size > maxKept || atMs < oldMs;
      if (!isOver && this.#answerBytes <= maxAnswerBytes) return;
      if (controller) continue;
      if (answer !== undefined) this.drop(id);
      if (isOver) this.#all.delete(id);
    }
  }
}
