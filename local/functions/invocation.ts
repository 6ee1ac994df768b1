/** One Invoke of Lambda: how its answer is gathered, and what it may come to. */
import type { FunctionError } from './thread-messages';

/** Largest event and largest buffered result: 6 MB each (Lambda quotas). */
const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024;

/**
 * How an invocation ended. `function-error`: the function ran and failed, or timed out; the others mean that Lambda
 * refused to run it.
 */
export type InvokeOutcome =
  | { kind: 'ok'; payload: unknown }
  | { kind: 'function-error'; error: FunctionError }
  | { kind: 'throttled' }
  | { kind: 'too-large' };

/** Who takes what a streaming function writes. */
export interface StreamReader {
  /** A returned promise holds up the function's writes until it resolves. */
  onChunk(chunk: Buffer): Promise<void> | undefined;
  /** The function has ended its stream. Not called when it fails before. */
  onEnd(): void;
}

/** What becomes of an invocation. It ends with exactly one call of `onResult` or `onRefused`. */
export interface Invocation {
  streaming: boolean;
  /** The result as JSON text. */
  onResult(payload: string): void;
  onChunk(chunk: Buffer): Promise<void> | undefined;
  onEnd(): void;
  onRefused(outcome: InvokeOutcome): void;
}

/** Whether Lambda would refuse to carry a text. Counting bytes costs a pass: only what could be over it pays for it. */
export function isTooLarge(text: string): boolean {
  return text.length * 3 > MAX_PAYLOAD_BYTES && Buffer.byteLength(text) > MAX_PAYLOAD_BYTES;
}

/** An invocation whose answer is one payload. */
export function bufferedInvocation(done: (outcome: InvokeOutcome) => void): Invocation {
  const chunks: Buffer[] = [];
  return {
    streaming: false,
    onResult: (payload) => {
      // A streaming handler invoked without streaming: Lambda hands over what it wrote, as one payload.
      if (chunks.length > 0) done({ kind: 'ok', payload: Buffer.concat(chunks).toString() });
      else if (isTooLarge(payload)) done({ kind: 'function-error', error: responseTooLarge() });
      else done({ kind: 'ok', payload: JSON.parse(payload) });
    },
    onChunk: (chunk) => {
      chunks.push(chunk);
      return undefined;
    },
    onEnd: () => {},
    onRefused: done,
  };
}

/** An invocation whose answer goes to a reader as it comes. */
export function streamedInvocation(reader: StreamReader, done: (outcome: InvokeOutcome) => void): Invocation {
  return {
    streaming: true,
    onResult: () => done({ kind: 'ok', payload: undefined }),
    onChunk: (chunk) => reader.onChunk(chunk),
    onEnd: () => reader.onEnd(),
    onRefused: done,
  };
}

function responseTooLarge(): FunctionError {
  return {
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: `Response payload size exceeded maximum allowed payload size (${MAX_PAYLOAD_BYTES} bytes).`,
  };
}

/** What an invocation meets once the host has stopped. */
export function hasStopped(): InvokeOutcome {
  const error = { errorType: 'Runtime.ExitError', errorMessage: 'The local host has stopped' };
  return { kind: 'function-error', error };
}

/** What Lambda says of an invocation that took too long. */
export function timedOut(requestId: string, timeoutMs: number): FunctionError {
  const seconds = (timeoutMs / 1000).toFixed(2);
  const errorMessage = `${new Date().toISOString()} ${requestId} Task timed out after ${seconds} seconds`;
  return { errorType: 'Sandbox.Timedout', errorMessage };
}
