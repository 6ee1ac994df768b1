import type { IncomingMessage } from 'node:http';
import type { OwnAnswer } from './own-answer';

/** What unfinished bodies may take. Tests shorten it. */
export interface BodyLimits {
  /** Largest body of a request, and so of a connection. */
  maxBytes: number;
  /** Unfinished bodies of all connections together. */
  maxBytesInAll: number;
  /** Of each body, this much counts for nothing: large bodies of strangers keep no small ones out. */
  freeBytes: number;
  /** How long a body may take from its request's head to its end. */
  timeoutMs: number;
}

/** 10 MB is API Gateway's largest request (quota of REST APIs); the rest is this host's own. */
export const BODY_LIMITS: Readonly<BodyLimits> = {
  maxBytes: 10 * 1024 * 1024,
  maxBytesInAll: 64 * 1024 * 1024,
  freeBytes: 64 * 1024,
  timeoutMs: 30_000,
};

/**
 * `too-large`, `crowded` (others' unfinished bodies fill the memory that there is for them) and `timed-out`: stop
 * reading and answer; `gone`: the caller went away meanwhile.
 */
export type BodyOutcome = Buffer | 'too-large' | 'crowded' | 'timed-out' | 'gone';

/** What a body that timed out is answered. 408 would be the word of HTTP; this one is in the protocol's list. */
export const BODY_TIMED_OUT: OwnAnswer = {
  status: 400,
  title: 'The request is not valid',
  code: 'invalid_request',
  detail: 'The body did not come to its end in time.',
  retryable: false,
};

/** Reads the bodies of a host's requests, within what they may take together. */
export class BodyReader {
  readonly #limits: BodyLimits;
  #unfinishedBytes = 0;

  constructor(limits: Partial<BodyLimits> = {}) {
    this.#limits = { ...BODY_LIMITS, ...limits };
  }

  /** Reads a whole body. */
  read(request: IncomingMessage): Promise<BodyOutcome> {
    const { maxBytes, maxBytesInAll, freeBytes, timeoutMs } = this.#limits;
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) return Promise.resolve('too-large');
    return new Promise((resolve) => {
      let chunks: Buffer[] = [];
      let bytes = 0;
      let counted = 0;
      const end = (outcome: BodyOutcome): void => {
        clearTimeout(timer);
        request.off('data', take);
        this.#unfinishedBytes -= counted;
        counted = 0;
        chunks = [];
        resolve(outcome);
      };
      const take = (chunk: Buffer): void => {
        bytes += chunk.length;
        const more = Math.max(0, bytes - freeBytes) - counted;
        counted += more;
        this.#unfinishedBytes += more;
        chunks.push(chunk);
        if (bytes > maxBytes) end('too-large');
        else if (more > 0 && this.#unfinishedBytes > maxBytesInAll) end('crowded');
      };
      const timer = setTimeout(() => end('timed-out'), timeoutMs);
      timer.unref();
      request.on('data', take);
      request.on('end', () => end(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
      request.on('error', () => end('gone'));
      request.on('close', () => end('gone'));
    });
  }
}
