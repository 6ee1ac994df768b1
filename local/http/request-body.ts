import type { IncomingMessage } from 'node:http';

/** API Gateway's largest request (quota of REST APIs). */
export const MAX_REQUEST_BYTES = 10 * 1024 * 1024;

/** Reads a request's whole body. `too-large`: stop reading and answer; `gone`: the caller went away meanwhile. */
export function readBody(
  request: IncomingMessage,
  maxBytes = MAX_REQUEST_BYTES,
): Promise<Buffer | 'too-large' | 'gone'> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return Promise.resolve('too-large');
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) resolve('too-large');
      else chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    request.on('error', () => resolve('gone'));
    request.on('close', () => resolve('gone'));
  });
}
