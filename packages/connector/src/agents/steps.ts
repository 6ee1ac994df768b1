/** Gathers what an agent says faster than a relay should carry: texts are joined, everything else keeps its place between them. */

/** Steps a call may have, by the protocol; a few are left for what is no text. */
const maxSteps = 3_900;
/** A text goes out this often at first, and seldomer once many have gone: a call of 840 s stays below the limit. */
const soonMs = 100;
const laterMs = 300;
const soonSteps = 1_000;
/** A step holds 8 KiB of JSON at most; a character can take six bytes of it. */
const maxTextLength = 1_200;

/** What carries a step on; false when it was refused. */
export type Report = (step: unknown) => unknown;

/** The steps of one call. */
export class Steps {
  #text = '';
  #sent = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly report: Report) {}

  /** Adds to the text. */
  say(text: string): void {
    this.#text += text;
    const full = this.#text.length >= maxTextLength && this.#sent < maxSteps;
    if (full) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), this.#sent < soonSteps ? soonMs : laterMs);
  }

  /** Takes the text so far back: what follows replaces it. */
  replace(text: string): void {
    this.flush();
    this.#text = '';
    this.#send({ replace: true, text: text.slice(0, maxTextLength) });
    this.#text = text.slice(maxTextLength);
    if (this.#text) this.flush();
  }

  /** Adds what is no text. One that is too large says only what it was. */
  add(step: Record<string, unknown>): void {
    this.flush();
    if (this.#send(step) === false) this.#send({ kind: step.kind, omitted: true });
  }

  /** Sends what waits. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#text !== '') {
      this.#send({ text: this.#text.slice(0, maxTextLength) });
      this.#text = this.#text.slice(maxTextLength);
    }
  }

  #send(step: unknown): unknown {
    this.#sent++;
    return this.report(step);
  }
}
