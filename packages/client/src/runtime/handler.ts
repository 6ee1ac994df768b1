/** What a runtime's author writes: methods, and what they are given beside their params. */

/** What a call tells beside its params. */
export interface CallContext {
  /** The call's id at the relay. */
  id: string;
  method: string;
  /** The paired App that calls. */
  clientId: string;
  /** W3C trace context, where the App sent one. */
  traceparent?: string;
  /** Fires when the App cancels or the deadline passes: nobody wants the answer any more. */
  signal: AbortSignal;
  /**
   * Reports a step to whoever follows the call. False when it was too large (8 KiB of JSON) or one too many (4,000):
   * such a step is dropped.
   */
  progress(data: unknown): boolean;
}

/** Answers a method: what it returns is the result, a thrown `MethodError` the App's error, any other an internal one. */
export type Method = (params: unknown, context: CallContext) => unknown;

/** An error for the App: its code, message and data are passed on as they are. */
export class MethodError extends Error {
  constructor(
    message: string,
    /** A number as in JSON-RPC, or a word. */
    readonly code: number | string = -32000,
    readonly data?: unknown,
  ) {
    super(message);
    this.name = 'MethodError';
  }
}

/** The error for a method that there is not. */
export function methodNotFound(method: string, hint = ''): MethodError {
  return new MethodError(`There is no method ${method}.${hint && ` ${hint}`}`, -32601);
}
