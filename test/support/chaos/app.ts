/**
 * An App that does not give up: what failed for a passing reason it sends again under the same id, then it asks for
 * the answer. It notes every word that it was told, and how late.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { RandomSource } from '../../../local/aws/disturbance';
import { type Answer, type Paired, type RequestOptions, request } from '../api';
import { callBy, type Way } from '../ways';
import type { PlannedCall } from './plan';

/** How a call may end for its App. The list is closed: an answer that fits none of them is an `odd` one. */
export const endings = ['answered', 'runtime-error', 'offline', 'disconnected', 'timed-out'] as const;
export type Ending = (typeof endings)[number];

/** What one request told its App: an ending, or why to ask again. */
export type Word = Ending | 'pending' | 'gateway-fault' | 'broken' | 'silent' | 'unknown' | `odd: ${string}`;

/** What one call was told. */
export interface CallBook {
  plan: PlannedCall;
  words: Word[];
  /** How long after the deadline of its own timeout the slowest request ended, in milliseconds; negative when before. */
  latestMs: number;
}

/** Contract: a call ends within 2 s of its deadline. */
const lateByContractMs = 2_000;

/** What a machine with other things to do may need beyond it, at least. */
const machineMs = 6_000;

/** So many environments may have to start for one call, one after the other: of the call, of its reply, of its guard, of the repeat. */
const startsOfCall = 4;

/** How late a call may end, in milliseconds, on a machine whose slowest start of an environment took so long. */
export const lateAllowedMs = (slowestStartMs: number) =>
  lateByContractMs + Math.max(machineMs, startsOfCall * Math.ceil(slowestStartMs));

/** How long after its deadline a call's App asks that has heard nothing on its socket. */
const asksAfterMs = 2_500;

/** A fault is tried again this often; an ending that invites a retry is confirmed once. */
const faultTries = 6;

/** One App and what it was told. */
export class ChaosApp {
  readonly books: CallBook[] = [];
  constructor(
    private readonly url: string,
    readonly paired: Paired,
    private readonly random: RandomSource,
    private readonly way: Way,
    /** How long after its deadline a request is given up, as things stand. */
    readonly patienceMs: () => number = () => lateAllowedMs(0),
  ) {}

  /** Takes a call to an ending. */
  async run(plan: PlannedCall): Promise<void> {
    const book: CallBook = { plan, words: [], latestMs: Number.NEGATIVE_INFINITY };
    this.books.push(book);
    for (let tries = 1; tries <= faultTries; tries++) {
      const word = await this.send(book);
      if (word === 'answered' || word === 'runtime-error') return;
      if (isEnding(word) && isEnding(book.words.at(-2))) return;
      await pause(20 + this.random() * 100 * tries);
    }
  }

  /** Asks once more for a call that has no answer: what the system says now is its last word. */
  async settle(book: CallBook): Promise<void> {
    if (book.words.at(-1) === 'answered' || book.words.at(-1) === 'runtime-error') return;
    if ((await this.ask(book)) === 'unknown') await this.send(book);
  }

  private send(book: CallBook): Promise<Word> {
    const { id, timeoutMs, say, afterMs, app } = book.plan;
    const body = { method: 'chaos', id, timeoutMs, params: { id, app, say, afterMs } };
    if (this.way === 'http')
      return this.tell(book, (options) => callBy('http', this.url, this.paired, body, options));
    return this.sendOnSocket(book, body);
  }

  /** Whoever hears nothing on its socket by the deadline and a while asks, as the protocol says. */
  private async sendOnSocket(book: CallBook, body: Record<string, unknown>): Promise<Word> {
    const startedAt = performance.now();
    const signal = AbortSignal.timeout(book.plan.timeoutMs + asksAfterMs);
    const asked = callBy('socket', this.url, this.paired, body, { signal }).catch(() => undefined);
    const overdue = new Promise<undefined>((resolve) => {
      signal.addEventListener('abort', () => resolve(undefined));
    });
    const answer = await Promise.race([asked, overdue]);
    if (answer) return this.note(book, startedAt, wordOf(answer, book.plan));
    return signal.aborted ? await this.ask(book, startedAt) : this.note(book, startedAt, 'broken');
  }

  private ask(book: CallBook, startedAt?: number): Promise<Word> {
    const credential = this.paired.clientToken;
    const route = `GET /api/relay/rpc/${book.plan.id}`;
    return this.tell(book, (options) => request(this.url, route, { credential, ...options }), startedAt);
  }

  private async tell(
    book: CallBook,
    send: (options: RequestOptions) => Promise<Answer>,
    startedAt = performance.now(),
  ): Promise<Word> {
    const { timeoutMs } = book.plan;
    const signal = AbortSignal.timeout(timeoutMs + this.patienceMs());
    const word = await send({ signal }).then(
      (answer) => wordOf(answer, book.plan),
      () => (signal.aborted ? ('silent' as const) : ('broken' as const)),
    );
    return this.note(book, startedAt, word);
  }

  private note(book: CallBook, startedAt: number, word: Word): Word {
    book.latestMs = Math.max(book.latestMs, performance.now() - startedAt - book.plan.timeoutMs);
    book.words.push(word);
    return word;
  }
}

/** Whether a word is an ending. */
export function isEnding(word: Word | undefined): word is Ending {
  return endings.some((ending) => ending === word);
}

const problems: Record<string, Word> = {
  runtime_offline: 'offline',
  runtime_disconnected: 'disconnected',
  rpc_timeout: 'timed-out',
  internal_error: 'gateway-fault',
};

function wordOf({ status, body }: Answer, plan: PlannedCall): Word {
  if (status === 202) return body.status === 'pending' && body.id === plan.id ? 'pending' : odd(status, body);
  if (status === 404) return 'unknown';
  if (status !== 200) {
    const word = problems[body?.code] ?? (status >= 500 ? 'gateway-fault' : odd(status, body));
    const isSure = isEnding(word);
    return isSure && (body.outcome !== word || body.retryable !== true) ? odd(status, body) : word;
  }
  const said = body.ok ? body.result : body.error?.data;
  if (body.id !== plan.id || said?.id !== plan.id || said?.app !== plan.app) return odd(status, body);
  return body.ok ? 'answered' : 'runtime-error';
}

function odd(status: number, body: unknown): Word {
  return `odd: ${status} ${JSON.stringify(body)}`;
}
