/** What a function's thread and its host say to each other; `function-worker.mjs` tells the other side of it. */
import type { AwsRequest } from '../types';

/** A function's failure, as Lambda describes it to whoever invoked it. */
export interface FunctionError {
  errorType: string;
  errorMessage: string;
  trace?: string[];
}

/** One invocation as the thread sees it; it ends with exactly one call of `onResult` or `onError`. */
export interface ThreadInvocation {
  /** The event as JSON text. */
  event: string;
  requestId: string;
  /** From the handler's start. */
  timeoutMs: number;
  streaming: boolean;
  /** The result as JSON text. */
  onResult(payload: string): void;
  /** Resolve when the chunk was taken; the function's writes wait for it. */
  onChunk(chunk: Buffer): Promise<void> | undefined;
  /** A streaming function has ended its stream; its handler may go on. */
  onEnd(): void;
  onError(error: FunctionError): void;
}

/** What the thread says. */
export type WorkerMessage =
  | { type: 'ready' }
  | { type: 'init-error'; error: FunctionError }
  | { type: 'result'; id: number; payload: string }
  | { type: 'error'; id: number; error: FunctionError }
  | { type: 'chunk'; id: number; data: Uint8Array }
  | { type: 'end'; id: number }
  | { type: 'log'; text: string }
  | { type: 'aws-report'; report: unknown }
  | ({ type: 'aws'; id: number; body: string | Uint8Array } & Omit<AwsRequest, 'body'>);
