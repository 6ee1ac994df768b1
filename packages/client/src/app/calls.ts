/** Takes calls to their end: by socket or by HTTP, and again under the same id whenever nobody can say what became of one. */

import type { Answer, AppCodec } from '../wire/codec';
import { ownError, type RelayError, RpcTimeout, ServerFault, unreachable } from '../wire/errors';
import type { Server } from '../wire/http';
import { Backoff, now, pause } from '../wire/time';
import { asksAgain, callByHttp } from './http-way';
import { type Asked, type CallOptions, cancelled, checkCall, newId, Outgoing, type Step } from './outgoing';
import type { SocketWay } from './socket-way';

/** What calling needs. */
export interface CallWorld {
  server: Server;
  credentials: { gatewayId: string; clientToken: string };
  /** Undefined where calls go by HTTP alone. */
  socket: SocketWay | undefined;
  codec: AppCodec | undefined;
  /** Tells the relay that nobody wants the answer. */
  tellCancelled(id: string): void;
}

/** A call that was begun. */
export interface Begun<Result> {
  id: string;
  result: Promise<Result>;
  cancel(): void;
}

/** A server that fails this often in a row is not asked again by itself. */
const maxFaults = 4;

/** A runtime that was started anew is asked anew, and again should that happen meanwhile. */
const maxAskedAnew = 3;

/** The calls of one App. */
export class Calls {
  readonly #running = new Set<Outgoing>();
  #isClosed = false;

  constructor(private readonly world: CallWorld) {}

  /** How many run. */
  get size(): number {
    return this.#running.size;
  }

  /** Begins a call, or follows one where nothing is asked. */
  begin<Result>(
    asked: Asked | undefined,
    options: CallOptions & { afterSeq?: number },
    onStep: ((step: Step) => void) | undefined,
    /** `null`: in plain words. */
    codec: AppCodec | null | undefined = this.world.codec,
  ): Begun<Result> {
    const call = new Outgoing(options.id ?? newId(), options, codec, onStep);
    const cancel = (cause?: unknown) => {
      if (!this.#running.has(call) || call.gone.signal.aborted) return;
      call.gone.abort(cancelled(call.id, cause));
      this.world.tellCancelled(call.id);
    };
    return { id: call.id, cancel: () => cancel(), result: this.#run<Result>(call, asked, cancel) };
  }

  /** The id that a call has at the relay: another one than it was begun with, once it was asked anew. */
  idOf(id: string): string {
    return [...this.#running].find(({ firstId }) => firstId === id)?.id ?? id;
  }

  /** Leaves every call as it is. */
  close(): void {
    this.#isClosed = true;
    for (const { gone } of this.#running) gone.abort(closed());
  }

  async #run<Result>(
    call: Outgoing,
    asked: Asked | undefined,
    cancel: (cause: unknown) => void,
  ): Promise<Result> {
    const { id, options } = call;
    const { signal } = options;
    checkCall(asked?.method ?? 'followed', options);
    if (this.#isClosed) throw closed();
    if (signal?.aborted) throw cancelled(id, signal.reason);
    const onAbort = () => cancel(signal?.reason);
    signal?.addEventListener('abort', onAbort);
    this.#running.add(call);
    try {
      for (let left = maxAskedAnew; ; left--) {
        // Once for each id: what is repeated under one must be the same to the byte.
        call.mayRun = asked === undefined;
        call.asked = asked && (await encoded(call, asked));
        const answer = await call.read(await this.#finish(call));
        if (answer !== 'ask-anew') return call.resultOf(answer) as Result;
        if (!asked || left === 0) throw unreachable('The runtime forgets its sessions.', { id });
        call.id = newId();
      }
    } catch (error) {
      throw call.gone.signal.aborted ? call.gone.signal.reason : ownError(error);
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.#running.delete(call);
    }
  }

  async #finish(call: Outgoing): Promise<Answer> {
    const { signal } = call.gone;
    const backoff = new Backoff(150, 5_000);
    let faults = 0;
    let last: unknown;
    const late = setTimeout(() => call.gone.abort(endOfPatience(call, last)), call.lateAtMs - now());
    const doubtful = setTimeout(() => this.world.socket?.doubt(call), call.doubtfulAtMs - now());
    try {
      for (;;) {
        if (signal.aborted) throw signal.reason;
        try {
          return await this.#attempt(call);
        } catch (error) {
          if (signal.aborted) throw signal.reason;
          if (!asksAgain(error) || (error instanceof ServerFault && ++faults > maxFaults)) throw error;
          const waitMs = Math.max(error.retryAfterMs ?? 0, backoff.next());
          if (error.retryAfterMs && now() + waitMs > call.lateAtMs) throw error;
          last = error;
          await pause(waitMs, signal);
        }
      }
    } finally {
      clearTimeout(late);
      clearTimeout(doubtful);
    }
  }

  async #attempt(call: Outgoing): Promise<Answer> {
    const { socket, server, credentials } = this.world;
    const link = call.mayRun || call.fitsSocket ? await socket?.ready() : undefined;
    const answer = link && (await socket?.take(link, call));
    if (answer) return answer;
    call.mayRun = true;
    return await callByHttp(server, credentials, call);
  }
}

async function encoded(call: Outgoing, asked: Asked): Promise<Asked> {
  return (await call.codec?.encodeCall?.({ params: undefined, ...asked, id: call.id })) ?? asked;
}

/** Its time is over, and no end was heard. Asking again under the same id finds the end, or joins the call. */
function endOfPatience({ id }: Outgoing, last: unknown): unknown {
  if (last !== undefined && (last as RelayError).code !== 'pending') return last;
  const how = { code: 'rpc_timeout', retryable: true, retry: 'same-id' as const };
  return new RpcTimeout('No end of the call was heard in time: it may run still.', {
    ...how,
    id,
    cause: last,
  });
}

function closed(): RelayError {
  return unreachable('The App was closed.', { retryable: false, retry: undefined });
}
