/**
 * CloudFront keeps errors of its origins, 10 s unless the distribution says otherwise, for every caller of a path: neither
 * `Authorization` nor the query is in the key. It asks nobody whether they may be stored (CloudFront, error caching).
 */
import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** Kept whatever the origin says of it, but for the ones in the next list. */
const KEPT = new Set([404, 410, 414, 500, 501, 502, 503, 504]);

/** `no-store`, `no-cache` and `private` are listened to for these only. */
const LISTENS = new Set([404, 410, 414, 501]);

/** Kept only for as long as the origin asks for. */
const KEPT_ON_REQUEST = new Set([400, 403, 405, 412, 415]);

const DEFAULT_TTL_SECONDS = 10;

/** So many paths are remembered at once; the oldest goes first. */
const MAX_ENTRIES = 1_000;

/** An answer as it was sent. */
export interface KeptError {
  status: number;
  headers: OutgoingHttpHeaders;
  body: Buffer;
}

/** The errors that one edge location remembers. */
export class ErrorCache {
  readonly #ttlSeconds: ReadonlyMap<number, number>;
  readonly #nowMs: () => number;
  readonly #kept = new Map<string, KeptError & { keptUntilMs: number }>();

  /** `ttlSeconds`: the error caching minimum TTL of each status that the distribution names. */
  constructor(ttlSeconds: ReadonlyMap<number, number>, nowMs: () => number = () => performance.now()) {
    this.#ttlSeconds = ttlSeconds;
    this.#nowMs = nowMs;
  }

  /** The error that callers of this path get at this moment. */
  find(path: string): KeptError | undefined {
    const kept = this.#kept.get(path);
    return kept && kept.keptUntilMs > this.#nowMs() ? kept : undefined;
  }

  /** Keeps an answer, if CloudFront would. */
  keep(path: string, answer: KeptError): void {
    const seconds = this.#secondsFor(answer);
    if (seconds <= 0) return;
    this.#kept.delete(path);
    this.#kept.set(path, { ...answer, keptUntilMs: this.#nowMs() + seconds * 1000 });
    if (this.#kept.size > MAX_ENTRIES) this.#kept.delete(this.#kept.keys().next().value!);
  }

  /** Watches an answer on its way and keeps it, if CloudFront would. To be called before anything is written. */
  watch(path: string, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    let head: Omit<KeptError, 'body'> | undefined;
    const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
    const write = response.write.bind(response) as (...args: unknown[]) => boolean;
    const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
    response.writeHead = (status: number, ...rest: unknown[]) => {
      const own = rest.find((one) => typeof one === 'object') as
        | Record<string, OutgoingHttpHeader>
        | undefined;
      const headers = { ...response.getHeaders(), ...own };
      if (this.#secondsFor({ status, headers }) > 0) head = { status, headers };
      return writeHead(status, ...rest);
    };
    const note = (chunk: unknown) => {
      if (head && (typeof chunk === 'string' || chunk instanceof Uint8Array)) chunks.push(Buffer.from(chunk));
    };
    response.write = (...args: unknown[]) => {
      note(args[0]);
      return write(...args);
    };
    response.end = (...args: unknown[]) => {
      const ended = end(...args);
      note(args[0]);
      if (head) this.keep(path, { ...head, body: Buffer.concat(chunks) });
      return ended;
    };
  }

  #secondsFor({ status, headers }: Omit<KeptError, 'body'>): number {
    const control = String(headers['cache-control'] ?? '');
    const age = Number(/\b(?:s-maxage|max-age)=(\d+)/i.exec(control)?.[1] ?? 0);
    if (KEPT_ON_REQUEST.has(status)) return age;
    if (!KEPT.has(status)) return 0;
    if (LISTENS.has(status) && /\b(no-store|no-cache|private)\b/i.test(control)) return 0;
    return Math.max(age, this.#ttlSeconds.get(status) ?? DEFAULT_TTL_SECONDS);
  }
}
