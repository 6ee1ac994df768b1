import { Writable } from 'node:stream';

/** Bytes a streaming function may be ahead of its reader before its writes wait. */
const MAX_UNACKNOWLEDGED_BYTES = 256 * 1024;

/** What a streaming handler writes to: chunks go to the host, which acknowledges what its reader took. */
export class ResponseStream extends Writable {
  #port;
  #id;
  #unacknowledged = 0;
  #waiting;
  #wrote = false;

  constructor(port, id) {
    super({ highWaterMark: 64 * 1024 });
    this.#port = port;
    this.#id = id;
  }

  /** As the AWS runtime has it; only the prelude's content type means anything to API Gateway. */
  setContentType(contentType) {
    this.contentType = contentType;
  }

  // The prelude goes out with the first write(), not with end(chunk): AWS's runtime does it in the same place, so a
  // handler that only ends its stream sends no status and no headers there either.
  write(chunk, encoding, callback) {
    if (!this.#wrote) {
      this.#wrote = true;
      this._onBeforeFirstWrite?.((prelude) => super.write(prelude));
    }
    const isBytes = typeof chunk === 'string' || chunk instanceof Uint8Array;
    return super.write(isBytes ? chunk : JSON.stringify(chunk), encoding, callback);
  }

  _write(chunk, _encoding, callback) {
    if (chunk.length === 0) return callback();
    this.#port.postMessage({ type: 'chunk', id: this.#id, data: chunk });
    this.#unacknowledged += chunk.length;
    if (this.#unacknowledged <= MAX_UNACKNOWLEDGED_BYTES) callback();
    else this.#waiting = callback;
  }

  acknowledge(bytes) {
    this.#unacknowledged -= bytes;
    if (!this.#waiting || this.#unacknowledged > MAX_UNACKNOWLEDGED_BYTES) return;
    const callback = this.#waiting;
    this.#waiting = undefined;
    callback();
  }
}
