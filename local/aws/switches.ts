/** What the host and the threads of its functions must both know at once, in memory that they share. */
export class Switches {
  readonly buffer: SharedArrayBuffer;
  readonly #flags: Int32Array;

  /** A thread gives the host's buffer. */
  constructor(buffer = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.#flags = new Int32Array(buffer);
  }

  /** Whether calls are kept by the meter. */
  get metering(): boolean {
    return Atomics.load(this.#flags, 0) === 1;
  }
  set metering(metering: boolean) {
    Atomics.store(this.#flags, 0, Number(metering));
  }

  /** Whether somebody wants to be asked about each call. */
  get disturbed(): boolean {
    return Atomics.load(this.#flags, 1) === 1;
  }
  set disturbed(disturbed: boolean) {
    Atomics.store(this.#flags, 1, Number(disturbed));
  }
}
