/** An App that does not give up: what failed for a passing reason it sends again under the same id; then it asks for the answer. */

import { type Books, type CallBook, endings, type Word } from '../oracle/books';
import type { CallIntention } from '../plan';
import { Random, seedOf } from '../world/random';
import type { PeerSocket } from '../world/relay-front';
import type { Answer, Request } from '../world/rest-front';
import type { World } from '../world/world';
import { type AnswerFrame, AppSocket, type Listener } from './app-socket';
import { EventReader, type StreamEvent } from './event-reader';
import type { Client } from './town';

/** How long an App waits for an answer on a socket beyond the call's own timeout. */
const socketPatienceMs = 6_000;

/** How often an App that lost its socket goes on with a call on another before it sends the call again. */
const mostResumes = 3;

/** What a client that is over its quota is told to wait, and how often that is done. */
const busyPauseMs = 2_000;
const settleTries = 30;

/** A fault is tried again this often. */
const faultTries = 5;

interface Resuming {
  book: CallBook;
  which: 'by-id' | 'all';
  listener: Listener;
  unknown: () => void;
}

/** One App. */
export class App {
  private socket: AppSocket;
  private requests = 0;
  private calls = 0;
  private streams = 0;
  private readonly resuming: Resuming[] = [];

  constructor(
    private readonly world: World,
    private readonly books: Books,
    readonly number: number,
    public client: Client,
  ) {
    this.socket = this.newSocket();
  }

  /** Takes a call to an ending; gives what was noted of it. */
  async call(n: number, intention: CallIntention): Promise<CallBook> {
    const book = this.open(n, intention.timeoutMs);
    const { timeline } = this.world;
    const { twin, cancelAfterMs } = intention;
    // The network is lost once: what comes after is the retry.
    const { dropAfterMs: _, ...again } = intention;
    const others: Array<Promise<unknown>> = [];
    if (twin) {
      others.push(timeline.sleep(twin.afterMs).then(() => this.send(book, again, twin.conflicting)));
    }
    if (cancelAfterMs !== undefined) {
      others.push(timeline.sleep(cancelAfterMs).then(() => this.cancel(book)));
    }
    const random = this.random(`${book.id} patience`);
    for (let tries = 1; tries <= faultTries; tries++) {
      const word = await this.send(book, tries === 1 ? intention : again, false);
      const isOver = isEnding(word) || !['broken', 'silent', 'fault', 'pending', 'busy'].includes(word);
      if (isOver) {
        if (!random.chance(0.03)) break;
        await timeline.sleep(random.between(1, 500));
        await this.ask(book);
        break;
      }
      await timeline.sleep(random.between(5, 120) * tries);
    }
    await Promise.all(others);
    return book;
  }

  /** Says something on its socket, whether it may or not. */
  say(frame: string, onHandled?: Parameters<PeerSocket['send']>[1]): void {
    this.socket.say(frame, onHandled);
  }

  /** Is somebody else from now on: its client was revoked, and it was paired anew. */
  become(client: Client): void {
    this.client = client;
    this.socket = this.newSocket();
  }

  /** Whether it gave this id to a call of its own. */
  hasGiven(callId: string): boolean {
    return Number(callId) <= this.calls;
  }

  /** Closes its socket. */
  stop(): void {
    this.socket.stop();
  }

  /** Asks once more for each call that has no ending: what the system says now is its last word. */
  async settle(book: CallBook, intention: CallIntention): Promise<void> {
    if (book.clientId !== this.client.clientId || book.told.some(({ word }) => isEnding(word))) return;
    if ((await this.ask(book)) !== 'unknown') return;
    const { dropAfterMs: _, ...again } = intention;
    // Many may have to be told: whoever is over its quota waits as it was told to.
    for (let tries = 0; tries < settleTries && (await this.send(book, again, false)) === 'busy'; tries++) {
      await this.world.timeline.sleep(busyPauseMs);
    }
  }

  private open(n: number, timeoutMs: number): CallBook {
    const id = `call-${n}`;
    const book: CallBook = {
      id,
      callId: `${++this.calls}`,
      app: this.number,
      tenant: this.client.tenant.number,
      gatewayId: this.client.tenant.gatewayId,
      clientId: this.client.clientId,
      token: this.client.token,
      timeoutMs,
      told: [],
      cancelled: [],
      executed: [],
      said: [],
      replies: 0,
      progress: [],
      reported: [],
    };
    this.books.calls.set(id, book);
    return book;
  }

  private send(book: CallBook, intention: CallIntention, conflicting: boolean): Promise<Word> {
    const { say, afterMs, steps, timeoutMs, way, seal } = intention;
    const params = { id: book.id, app: this.number, say, afterMs, steps, ...(seal ? { seal } : {}) };
    if (way === 'socket' && !conflicting && book.token === this.client.token)
      return this.sendOnSocket(book, params, intention);
    const body = {
      gatewayId: book.gatewayId,
      method: conflicting ? 'another' : 'simulate',
      id: book.callId,
      timeoutMs,
      params,
    };
    return this.tell(book, { route: 'POST /api/relay/rpc', body }, way === 'stream', {
      ...intention,
      conflicting,
    });
  }

  private ask(book: CallBook): Promise<Word> {
    return this.tell(book, { route: 'GET /api/relay/rpc/{id}', params: { id: book.callId } }, false);
  }

  private sendOnSocket(book: CallBook, params: object, intention: CallIntention): Promise<Word> {
    const { timeline } = this.world;
    const { timeoutMs, dropAfterMs, resumes } = intention;
    const { socket } = this;
    const askedMs = timeline.nowMs;
    let stream = ++this.streams;
    let awaited = this.requestId(book);
    let losses = 0;
    if (this.world.trace.on) this.note(`${book.id}: asks on its socket as ${awaited}`);
    return new Promise((resolve) => {
      let isOver = false;
      const end = (word: Word, text = '', reopens = false) => {
        if (isOver) return;
        isOver = true;
        socket.forget(awaited);
        if (this.world.trace.on) this.note(`${book.id}: ${awaited} gave ${word}`);
        // Who resumes names no method: it hears of whatever call has the id.
        const conflicting = losses > 0 ? undefined : false;
        const told = { atMs: timeline.nowMs, askedMs, word, text, conflicting, reopens };
        // Which function served it nobody can tell: a fault on a socket is never held against the core.
        const heard = losses > 0 ? {} : { stream };
        book.told.push({ ...told, ...heard, onSocket: true, excused: true, delayMs: socketPatienceMs });
        resolve(word);
      };
      const listener: Listener = {
        answered: (answer) => {
          const { word, text } = wordOfFrame(answer, book);
          end(word, text, isReopened(answer.error?.data));
        },
        progressed: (seq, text) =>
          book.progress.push({ stream, seq, text, atMs: timeline.nowMs, onSocket: true }),
        lost: () => {
          if (isOver) return;
          if (!resumes || ++losses > mostResumes || this.resuming.some((other) => other.book === book))
            return end('broken');
          // On another socket it hears under the call's own id, of steps that may be old.
          awaited = book.callId;
          stream = ++this.streams;
          this.resume({ book, which: resumes, listener, unknown: () => end('broken') });
        },
      };
      if (dropAfterMs !== undefined) timeline.after(dropAfterMs, () => socket.cut());
      timeline.after(timeoutMs + socketPatienceMs, () => end(losses > 0 ? 'broken' : 'silent'));
      const meta = { id: book.callId, timeoutMs };
      const frame = JSON.stringify({ jsonrpc: '2.0', id: awaited, method: 'simulate', params, meta });
      socket.send({ id: awaited, frame, listener });
    });
  }

  /** Goes on with a call on a new socket; `unknown` is called where the relay does not know it, or does not say so. */
  private resume(resuming: Resuming): void {
    this.resuming.push(resuming);
    // Of all that were lost with one socket it asks at once: who asks twice is told twice.
    if (this.resuming.length === 1) this.world.timeline.after(0, () => this.askToResume());
  }

  private askToResume(): void {
    const all = this.resuming.splice(0);
    const [first] = all;
    const id = this.requestId(first!.book);
    if (this.world.trace.on) for (const { book } of all) this.note(`${book.id}: resumes as ${id}`);
    const calls = all.map(({ book }) => ({
      id: book.callId,
      afterSeq: book.progress.reduce((last, { seq }) => Math.max(last, seq), -1),
    }));
    const params = first!.which === 'by-id' ? { calls } : {};
    this.socket.send({
      id,
      frame: JSON.stringify({ jsonrpc: '2.0', id, method: 'relay.resume', params }),
      listener: {
        answered: ({ result }) => {
          const known = (result ?? {}) as { calls?: Array<{ id: string; status: string }> };
          for (const { book, unknown } of all) {
            const status = known.calls?.find((call) => call.id === book.callId)?.status;
            if (status === undefined || status === 'unknown') unknown();
          }
        },
        progressed: () => {},
        lost: () => {},
      },
      besides: all.map(({ book, listener }) => ({ id: book.callId, listener })),
    });
  }

  private requestId(book: CallBook): string {
    return `${book.id}-${++this.requests}`;
  }

  private newSocket(): AppSocket {
    return new AppSocket(this.world, this.books, this.client, (what) => this.note(what));
  }

  private async cancel(book: CallBook): Promise<void> {
    const { answer } = this.exchange(book, {
      route: 'POST /api/relay/rpc/{id}/cancel',
      params: { id: book.callId },
    });
    const { broken, status, text } = await answer;
    if (!broken && status === 202) book.cancelled.push(String(parse(text).outcome));
  }

  private async tell(
    book: CallBook,
    request: Request,
    streamed: boolean,
    { dropAfterMs, conflicting }: { dropAfterMs?: number; conflicting?: boolean } = {},
  ): Promise<Word> {
    const askedMs = this.world.timeline.nowMs;
    const stream = ++this.streams;
    const reader = streamed ? new EventReader((event) => this.hear(book, stream, event)) : undefined;
    const headers: Record<string, string> = streamed ? { accept: 'text/event-stream' } : {};
    const { answer, abandon } = this.exchange(
      book,
      { ...request, headers },
      reader && ((text) => reader.take(text)),
    );
    if (dropAfterMs !== undefined) this.world.timeline.after(dropAfterMs, abandon);
    const got = await answer;
    const { word, text, reopens = false } = wordOf(got, book, reader?.last);
    const { evils = 0, delayMs = 0 } = got.invocation ?? {};
    const excused = got.broken || evils > 0 || got.status === 502;
    if (this.world.trace.on) this.note(`${book.id}: ${request.route} gave ${word}`);
    book.told.push({
      atMs: this.world.timeline.nowMs,
      askedMs,
      word,
      text,
      conflicting,
      reopens,
      ...(streamed ? { stream } : {}),
      onSocket: false,
      excused,
      delayMs,
    });
    return word;
  }

  private exchange(book: CallBook, request: Request, onPiece?: (text: string) => void) {
    if (this.world.trace.on) this.note(`${book.id}: ${request.route}`);
    const random = this.random(`${book.id} request ${++this.requests}`);
    return this.world.rest.send({ ...request, credential: book.token }, random, onPiece);
  }

  private hear(book: CallBook, stream: number, { event, data }: StreamEvent): void {
    if (event !== 'progress') return;
    const { seq, data: text } = JSON.parse(data);
    book.progress.push({ stream, seq, text, atMs: this.world.timeline.nowMs, onSocket: false });
  }

  private random(name: string): Random {
    return new Random(seedOf(seedOf(this.world.seed, `app ${this.number}`), name));
  }

  private note(what: string): void {
    this.world.trace.tell(`app ${this.number}`, what);
  }
}

/** Whether a problem says that the same id opens the call anew. */
function isReopened(problem: unknown): boolean {
  return (problem as { retry?: unknown } | undefined)?.retry === 'same-id';
}

/** Whether a word is an ending. */
export function isEnding(word: Word): boolean {
  return (endings as readonly string[]).includes(word);
}

const problems: Record<string, Word> = {
  runtime_offline: 'offline',
  runtime_disconnected: 'disconnected',
  rpc_timeout: 'timed-out',
  payload_too_large: 'too-large',
  internal_error: 'fault',
  rate_limited: 'busy',
  idempotency_conflict: 'conflict',
  not_found: 'unknown',
  unauthorized: 'refused',
};

interface Heard {
  word: Word;
  text: string;
  reopens?: boolean;
}

function wordOf(answer: Answer, book: CallBook, last: StreamEvent | undefined): Heard {
  if (answer.broken) return { word: 'broken', text: '' };
  const text = last ? last.data : answer.text;
  const isStream = answer.status === 200 && text.startsWith('event:');
  if (isStream || (last && last.event !== 'result' && last.event !== 'error'))
    return { word: 'pending', text: '' };
  const body = parse(text);
  if (answer.status === 202) return { word: body.status === 'pending' ? 'pending' : odd(answer), text: '' };
  const code = body.code as string | undefined;
  if (code !== undefined) {
    const word = problems[code] ?? odd(answer);
    const ending = isEnding(word);
    if (ending && (body.outcome !== word || body.id !== book.callId)) return { word: odd(answer), text };
    return { word, text: ending ? word : '', reopens: isReopened(body) };
  }
  if (answer.status === 502) return { word: 'fault', text: '' };
  if (answer.status !== 200 || body.id !== book.callId) return { word: odd(answer), text };
  if (body.ok) return { word: 'answered', text: JSON.stringify({ result: body.result }) };
  if ((body.error as { code?: unknown }).code === 'cancelled')
    return { word: 'cancelled', text: 'cancelled' };
  return { word: 'runtime-error', text: JSON.stringify({ error: body.error }) };
}

function wordOfFrame({ ok, result, error, meta }: AnswerFrame, book: CallBook): { word: Word; text: string } {
  if (ok) return { word: 'answered', text: JSON.stringify({ result }) };
  const problem = (error?.data ?? {}) as { type?: unknown; code?: string; outcome?: string };
  if (typeof problem.type !== 'string' || !problem.type.startsWith('urn:agenttown:')) {
    if (error?.code === 'cancelled' && meta?.outcome === 'cancelled')
      return { word: 'cancelled', text: 'cancelled' };
    return { word: 'runtime-error', text: JSON.stringify({ error }) };
  }
  const word = problems[problem.code ?? ''] ?? (`odd: ${JSON.stringify(error)}` as const);
  // A retry that joined gives up before the call does.
  if (word === 'timed-out' && problem.outcome === undefined) return { word: 'pending', text: '' };
  if (isEnding(word) && problem.outcome !== word)
    return { word: `odd: ${book.id} ${JSON.stringify(error)}`, text: '' };
  return { word, text: isEnding(word) ? word : '' };
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function odd({ status, text }: Answer): Word {
  return `odd: ${status} ${text.slice(0, 200)}`;
}
