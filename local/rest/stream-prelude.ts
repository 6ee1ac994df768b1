/** The JSON in front of a streamed answer must end within 16 KB (API Gateway, response streaming). */
const MAX_PRELUDE_BYTES = 16 * 1024;
const DELIMITER = Buffer.alloc(8);

/** Status and headers of a streamed answer, as the function wrote them. */
export type StreamMetadata = Record<string, unknown>;

/**
 * Splits what a streaming function writes into its metadata and its payload: JSON, eight null bytes, then bytes as
 * they come.
 */
export class StreamPrelude {
  #buffered: Buffer = Buffer.alloc(0);

  /**
   * Takes a chunk that belongs to the prelude. `undefined`: more is needed. `malformed`: no delimiter within its limit,
   * or no JSON object before it. Otherwise the prelude is complete, and `rest` is the payload's first part.
   */
  push(chunk: Buffer): undefined | 'malformed' | { metadata: StreamMetadata; rest: Buffer } {
    this.#buffered = this.#buffered.length === 0 ? chunk : Buffer.concat([this.#buffered, chunk]);
    const end = this.#buffered.indexOf(DELIMITER);
    if (end < 0) return this.#buffered.length > MAX_PRELUDE_BYTES ? 'malformed' : undefined;
    if (end > MAX_PRELUDE_BYTES) return 'malformed';
    const metadata = parseObject(this.#buffered.toString('utf8', 0, end));
    if (!metadata) return 'malformed';
    return { metadata, rest: this.#buffered.subarray(end + DELIMITER.length) };
  }
}

function parseObject(text: string): StreamMetadata | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as StreamMetadata)
      : undefined;
  } catch {
    return undefined;
  }
}
