/** API Gateway's limits of a WebSocket connection (quotas of WebSocket APIs). Tests shorten the times. */
export interface WebSocketLimits {
  /** Largest payload of one frame; over it the connection closes with 1009. */
  maxFrameBytes: number;
  /** Largest message, whatever number of frames it comes in; over it the connection closes with 1009. */
  maxMessageBytes: number;
  /** Time without a message in either direction after which the connection closes with 1001. */
  idleMs: number;
  /** Time after which any connection closes with 1001. */
  ageMs: number;
  /**
   * A socket is pinged so often, so that no proxy between cuts it as idle. No message: it keeps nothing from being idle
   * here. API Gateway sends none; a client answers by itself.
   */
  pingMs: number;
  /** Bytes waiting for a slow receiver above which a post is refused as busy. */
  maxWaitingBytes: number;
}

export const WEBSOCKET_LIMITS: Readonly<WebSocketLimits> = {
  maxFrameBytes: 32 * 1024,
  maxMessageBytes: 128 * 1024,
  idleMs: 10 * 60_000,
  ageMs: 2 * 60 * 60_000,
  pingMs: 30_000,
  maxWaitingBytes: 4 * 1024 * 1024,
};

/**
 * Watches the bytes of a client and says when a frame is too large. `ws` limits messages but not frames, so this reads
 * the frame headers (RFC 6455, section 5.2) beside it and skips the payloads.
 */
export class FrameWatch {
  readonly #maxFrameBytes: number;
  readonly #header = Buffer.alloc(10);
  #headerBytes = 0;
  #skip = 0;

  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  /** Takes the next bytes; false once a frame is over the limit. */
  accept(chunk: Buffer): boolean {
    let at = 0;
    while (at < chunk.length) {
      if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, chunk.length - at);
        this.#skip -= skipped;
        at += skipped;
        continue;
      }
      this.#header[this.#headerBytes++] = chunk[at++]!;
      const length = this.#payloadLength();
      if (length === undefined) continue;
      if (length > this.#maxFrameBytes) return false;
      const isMasked = (this.#header[1]! & 0x80) !== 0;
      this.#skip = length + (isMasked ? 4 : 0);
      this.#headerBytes = 0;
    }
    return true;
  }

  /** Undefined while the header is incomplete. */
  #payloadLength(): number | undefined {
    if (this.#headerBytes < 2) return undefined;
    const short = this.#header[1]! & 0x7f;
    if (short < 126) return short;
    if (short === 126) return this.#headerBytes < 4 ? undefined : this.#header.readUInt16BE(2);
    return this.#headerBytes < 10 ? undefined : Number(this.#header.readBigUInt64BE(2));
  }
}
