/**
 * The seam for whoever wants to change what travels, such as end-to-end encryption: one codec for each pairing, around
 * params, results, errors and progress. What it makes must be JSON. A call is encoded once: repeats send the same.
 */
type Awaitable<T> = T | Promise<T>;

/** What is called. */
export interface CodedCall {
  method: string;
  params: unknown;
}

/** The App's side. Each member may be left out; the value then travels as it is. */
export interface AppCodec {
  encodeCall?(call: CodedCall & { id: string }): Awaitable<CodedCall>;
  decodeResult?(result: unknown, about: { id: string }): Awaitable<unknown>;
  decodeProgress?(data: unknown, about: { id: string; seq: number }): Awaitable<unknown>;
}

/** The runtime's side, for the client that calls. Each member may be left out. */
export interface RuntimeCodec {
  decodeCall?(call: CodedCall & { id: string }): Awaitable<CodedCall>;
  encodeResult?(result: unknown, about: { id: string }): Awaitable<unknown>;
  encodeProgress?(data: unknown, about: { id: string; seq: number }): Awaitable<unknown>;
}
