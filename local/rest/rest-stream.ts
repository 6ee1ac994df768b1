import type { ServerResponse } from 'node:http';
import type { Functions } from '../functions/functions';
import type { InvokeOutcome } from '../functions/invocation';
import { type ProxyResponse, readProxyResponse } from '../http/proxy-response';
import { StreamPrelude } from './stream-prelude';

/** A stream without a byte for this long is broken off (REST API response streaming, regional endpoints). */
const STREAM_IDLE_MS = 5 * 60_000;

/** How a streaming integration ended before its answer began; `answered` when it did begin. */
export type StreamAnswer = 'answered' | 'malformed' | Exclude<InvokeOutcome['kind'], 'ok'>;

/**
 * Invokes a function with response streaming and writes what it sends as it comes. When the caller goes away the
 * function runs on, and its writes are dropped. When the function fails after its answer began, the connection breaks:
 * there is no other way left to say so.
 */
export async function streamAnswer(
  functions: Functions,
  functionLogicalId: string,
  event: unknown,
  response: ServerResponse,
  writeHead: (head: ProxyResponse) => void,
): Promise<StreamAnswer> {
  const prelude = new StreamPrelude();
  let state = 'prelude' as 'prelude' | 'payload' | 'malformed' | 'ended';
  const outcome = await functions.invokeStream(functionLogicalId, event, {
    onChunk: (chunk) => {
      if (state === 'payload') return write(response, chunk);
      if (state !== 'prelude') return undefined;
      const read = prelude.push(chunk);
      if (!read) return undefined;
      const head = read === 'malformed' ? undefined : readProxyResponse(read.metadata, true);
      if (!head || read === 'malformed' || response.headersSent) {
        state = 'malformed';
        return undefined;
      }
      state = 'payload';
      writeHead(head);
      response.setTimeout(STREAM_IDLE_MS, () => response.destroy());
      return write(response, read.rest);
    },
    onEnd: () => {
      if (state !== 'payload') return;
      state = 'ended';
      response.end();
    },
  });
  if (state === 'ended') return 'answered';
  if (state === 'payload') {
    response.destroy();
    return 'answered';
  }
  return outcome.kind === 'ok' ? 'malformed' : outcome.kind;
}

/** Resolves when the caller can take more, or is gone. */
function write(response: ServerResponse, chunk: Buffer): Promise<void> | undefined {
  if (response.destroyed || response.writableEnded) return undefined;
  if (response.write(chunk)) {
    // Node holds the head back for the first chunk; an empty first chunk must not delay it.
    if (chunk.length === 0) response.flushHeaders();
    return undefined;
  }
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}
