/** A call on its way: what is asked, under which id, until when, and what was heard of it so far. */
import type { Answer, AppCodec } from '../wire/codec';
import { Cancelled, invalid, ownError, type RelayError, RuntimeError, TooLarge } from '../wire/errors';
import { bytesOf, maxSocketBytes } from '../wire/sizes';
import { now } from '../wire/time';

/** How a call differs from a plain one. */
export interface CallOptions {
  /** Milliseconds the call may take: 1,000 to 840,000, default 30,000. */
  timeoutMs?: number;
  /** Aborting it cancels the call. */
  signal?: AbortSignal;
  /** 1 to 64 characters of `A-Za-z0-9_-`. The same id with the same method and params never runs twice. Default: a new one. */
  id?: string;
  /** W3C trace context, passed on to the runtime. */
  traceparent?: string;
}

/** One step of progress. */
export interface Step {
  seq: number;
  data: unknown;
}

/** What is asked, as it travels. */
export interface Asked {
  method: string;
  params?: unknown;
}

/** A call that has not ended. */
export class Outgoing {
  /** Fires when the caller has gone. */
  readonly gone = new AbortController();
  /** The last step that was heard. */
  lastSeq: number;
  /** What is asked; undefined for a call that is only followed. */
  asked: Asked | undefined;
  /** Whether the relay may have it already: it was sent, or is only followed. */
  mayRun = false;
  /** The id that it was begun with. */
  readonly firstId: string;
  /** By this moment its end should have been heard: the server ends a call within two seconds of its time. */
  readonly doubtfulAtMs: number;
  /** After this moment waiting makes no sense. */
  readonly lateAtMs: number;
  readonly #endsAtMs: number;
  #steps = Promise.resolve();

  constructor(
    /** At the relay; another one once it was asked anew. */
    public id: string,
    readonly options: CallOptions & { afterSeq?: number },
    readonly codec: AppCodec | null | undefined,
    /** Takes progress; undefined where nobody wants it. */
    readonly onStep: ((step: Step) => void) | undefined,
  ) {
    this.firstId = id;
    this.lastSeq = options.afterSeq ?? -1;
    this.#endsAtMs = now() + (options.timeoutMs ?? 30_000);
    this.doubtfulAtMs = this.#endsAtMs + 2_500;
    this.lateAtMs = this.#endsAtMs + 5_000;
  }

  /** What of its time is left, as the protocol takes it. */
  get timeoutMs(): number {
    return Math.round(Math.max(1_000, this.#endsAtMs - now()));
  }

  /** Whether it fits a frame. */
  get fitsSocket(): boolean {
    return bytesOf(JSON.stringify(this.asked?.params) ?? '') <= maxSocketBytes;
  }

  /** Takes a step, each once: a resumed call may be told of some again. */
  hear({ seq, data }: Step): void {
    if (typeof seq !== 'number' || seq <= this.lastSeq) return;
    this.lastSeq = seq;
    const { onStep, codec, id } = this;
    if (!onStep) return;
    if (!codec?.decodeProgress) {
      onStep({ seq, data });
      return;
    }
    // One after the other, so that decoding changes no order.
    this.#steps = this.#steps.then(async () =>
      onStep({ seq, data: await codec.decodeProgress?.(data, { id, seq }) }),
    );
    // What is no step ends the call as soon as it has come.
    this.#steps.catch((error) => this.gone.abort(ownError(error)));
  }

  /** What an answer says, after every step before it. */
  async read(answer: Answer): Promise<Answer | 'ask-anew'> {
    await this.#steps;
    return (await this.codec?.decodeAnswer?.(answer, { id: this.id })) ?? answer;
  }

  /** The result of an answer; throws the error that it is. */
  resultOf({ ok, result, error }: Answer): unknown {
    if (ok) return result;
    const { code = 'unknown', message = 'The runtime reported an error.', data } = error ?? {};
    if (code === 'cancelled') throw cancelled(this.id);
    const { limitBytes } = (data ?? {}) as { limitBytes?: number };
    if (code === 'payload_too_large' && limitBytes)
      throw new TooLarge(message, { code, limitBytes, id: this.id, outcome: 'too-large' });
    throw new RuntimeError(message, { code, data, id: this.id, outcome: 'runtime-error' });
  }
}

/** The call was cancelled. */
export function cancelled(id: string, cause?: unknown): RelayError {
  return new Cancelled('The call was cancelled.', { code: 'cancelled', outcome: 'cancelled', id, cause });
}

/** An id that no other call of this client has. */
export function newId(): string {
  const { crypto } = globalThis;
  if (crypto?.randomUUID) return crypto.randomUUID();
  // Pages without TLS and older React Native: ids are a client's own, so unlikely is enough.
  const part = () => Math.random().toString(36).slice(2, 13);
  return `${Date.now().toString(36)}-${part()}-${part()}`;
}

/** Checks what a caller passed; throws `InvalidRequest` before anything is sent. */
export function checkCall(
  method: string,
  { id, timeoutMs = 30_000, afterSeq = -1 }: CallOptions & { afterSeq?: number },
): void {
  if (!/^(?!relay\.)[A-Za-z0-9._:/-]{1,128}$/.test(method))
    throw invalid('method', 'must be 1 to 128 characters of A-Za-z0-9._:/- that do not begin with "relay."');
  if (id !== undefined && !/^[A-Za-z0-9_-]{1,64}$/.test(id))
    throw invalid('id', 'must be 1 to 64 characters of A-Za-z0-9_-');
  if (!(timeoutMs >= 1_000 && timeoutMs <= 840_000)) throw invalid('timeoutMs', 'must be 1,000 to 840,000');
  if (!(Number.isInteger(afterSeq) && afterSeq >= -1 && afterSeq < 4_000))
    throw invalid('afterSeq', 'must be a whole number from -1 to 3,999');
}
