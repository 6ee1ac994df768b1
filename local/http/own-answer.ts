/** What this host answers by itself, where AWS would answer otherwise or not at all: in the form of RFC 9457. */
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';

/** Why. `code` is a word for programs, `detail` a sentence for people. */
export interface OwnAnswer {
  status: number;
  title: string;
  code: string;
  detail: string;
  retryable: boolean;
}

/** Writes the answer, unless another has begun. */
export function answerByItself(
  response: ServerResponse,
  answer: OwnAnswer,
  headers: Record<string, string> = {},
): void {
  if (response.headersSent || response.destroyed) return;
  const requestId = randomUUID();
  const body = JSON.stringify({ type: 'about:blank', ...answer, requestId });
  response.writeHead(answer.status, {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'x-request-id': requestId,
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}
