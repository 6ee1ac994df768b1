/**
 * The seam for whoever wants to change what travels, such as end-to-end encryption: one codec for each pairing, around
 * calls, answers and progress. What it makes must be JSON. A call is encoded once: repeats send the same.
 */
type Awaitable<T> = T | Promise<T>;

/** What is called. */
export interface CodedCall {
  method: string;
  params: unknown;
}

/** What comes back of a call: a result, or an error. */
export interface Answer {
  ok?: boolean;
  result?: unknown;
  error?: { code: number | string; message: string; data?: unknown };
}

/** The App's side. Each member may be left out; the value then travels as it is. */
export interface AppCodec {
  encodeCall?(call: CodedCall & { id: string }): Awaitable<CodedCall>;
  /** `ask-anew`: the runtime certainly did not run it, and it is encoded and asked for again, under an id of its own. */
  decodeAnswer?(answer: Answer, about: { id: string }): Awaitable<Answer | 'ask-anew'>;
  decodeProgress?(data: unknown, about: { id: string; seq: number }): Awaitable<unknown>;
}

/** The runtime's side, for the client that calls. */
export interface RuntimeCodec {
  /** Reads a call; what comes back says what is called, and codes what is said of it. */
  decodeCall(call: CodedCall & { id: string }): Awaitable<DecodedCall>;
}

/** A call that was read. Each member but the first two may be left out; the value then travels as it is. */
export interface DecodedCall extends CodedCall {
  encodeAnswer?(answer: Answer): Awaitable<Answer>;
  encodeProgress?(data: unknown, about: { seq: number }): Awaitable<unknown>;
}
