/** One after the other: what is read, changed and saved by one is not overtaken by another. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Does it when what came before is done, well or not. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => {});
    return turn;
  }
}
