/** From a command to its answer: run once, told of cancel and deadline, answered by the way that fits its size. */
import type { Answer, DecodedCall, RuntimeCodec } from '../wire/codec';
import { NotFound, RateLimited, RelayError, ServerFault, TooLarge, Unreachable } from '../wire/errors';
import { ask, type Server } from '../wire/http';
import type { Frame } from '../wire/link';
import {
  bytesOf,
  maxAnswerBytes,
  maxBodyBytes,
  maxProgressBytes,
  maxProgressSeq,
  maxSocketBytes,
} from '../wire/sizes';
import { Backoff, pause } from '../wire/time';
import { type CallContext, MethodError } from './handler';
import type { ServerClock } from './server-clock';
import { type Taken, TakenCommands } from './taken';

/** What running commands needs. */
export interface CommandWorld {
  server: Server;
  relaySecret(): string;
  clock: ServerClock;
  onCall(params: unknown, context: CallContext): unknown;
  codecFor(clientId: string): RuntimeCodec | undefined;
  /** Sends a frame on the newest socket; without one it is lost, and `relay.pending` will tell. */
  send(frame: string): void;
  /** Tells the runtime's author what no App is told. */
  warn(error: unknown): void;
}

/** The steps of a running call that are kept for a socket that may have lost them. */
const maxSteps = 64;

/** Runs commands. */
export class Commands {
  readonly taken = new TakenCommands();

  constructor(private readonly world: CommandWorld) {}

  /** Takes a command: runs it if it is new, sends its answer again if it has one. */
  take(frame: Frame): void {
    const { id, method } = frame;
    if (typeof id !== 'string' || typeof method !== 'string') return;
    if (this.taken.get(id)) this.sayAgain(id);
    else void this.#run(id, method, frame, this.taken.take(id));
  }

  /** Sends the answer of a command again, should it have one by now. */
  sayAgain(id: unknown): void {
    const taken = typeof id === 'string' ? this.taken.get(id) : undefined;
    if (!taken || taken.controller) return;
    const frame =
      taken.answer ??
      answerFrame(String(id), errorAnswer(new MethodError('The answer is not kept any more.')));
    this.world.send(frame);
  }

  /** Nobody wants the answer any more. */
  cancel(id: unknown): void {
    const taken = typeof id === 'string' ? this.taken.get(id) : undefined;
    taken?.controller?.abort(new RelayError('The App cancelled the call.', { code: 'cancelled' }));
  }

  /** A new socket is open: what the one before may have lost of the calls that run is sent again. */
  repeatSteps(): void {
    for (const [, { steps }] of this.taken.running()) for (const step of steps) this.world.send(step);
  }

  /** Ends all that runs. */
  stop(reason: unknown): void {
    for (const [, { controller }] of this.taken.running()) controller?.abort(reason);
  }

  async #run(id: string, method: string, frame: Frame, taken: Taken & { controller: AbortController }) {
    const { world } = this;
    const {
      clientId = '',
      deadline = '',
      traceparent,
      paramsUrl,
    } = (frame.meta ?? {}) as Record<string, string>;
    const { signal } = taken.controller;
    const passed = () =>
      taken.controller.abort(new RelayError('The deadline of the call has passed.', { code: 'rpc_timeout' }));
    const off = world.clock.at(deadline, passed);
    // A method that never settles must not keep the process by its deadline.
    signal.addEventListener('abort', off);
    let decoded: DecodedCall = { method, params: undefined };
    const context: CallContext = {
      id,
      method,
      clientId,
      ...(traceparent ? { traceparent } : {}),
      signal,
      progress: (data) => this.#progress(id, taken, decoded, data),
    };
    let coded: Answer;
    try {
      const params = paramsUrl === undefined ? frame.params : await this.#fetchParams(id, signal);
      decoded = (await world.codecFor(clientId)?.decodeCall({ method, params, id })) ?? { method, params };
      const said = await this.#answerOf(decoded, context);
      await taken.coding;
      coded = await codeOf(decoded, said);
    } catch (error) {
      coded = await codeOf(decoded, this.#errorOf(error, signal));
    } finally {
      off();
    }
    await taken.coding;
    let answer = answerFrame(id, coded, taken.seq);
    if (signal.aborted) return this.taken.settle(id);
    const bytes = bytesOf(answer);
    // The relay would not even hear of it, and its call would wait to the end.
    if (bytes > maxBodyBytes) {
      const about = { limitBytes: maxAnswerBytes };
      const error = new MethodError(
        `The answer is over ${maxAnswerBytes} bytes.`,
        'payload_too_large',
        about,
      );
      answer = answerFrame(id, await codeOf(decoded, errorAnswer(error)), taken.seq);
    } else if (bytes > maxSocketBytes) return await this.#post(id, answer, signal, decoded);
    this.taken.settle(id, answer);
    world.send(answer);
  }

  async #answerOf(decoded: DecodedCall, context: CallContext): Promise<Answer> {
    try {
      const about = Object.assign(context, { method: decoded.method });
      return { result: (await this.world.onCall(decoded.params, about)) ?? null };
    } catch (error) {
      return this.#errorOf(error, context.signal);
    }
  }

  #errorOf(error: unknown, signal: AbortSignal): Answer {
    const isMeant = isMethodError(error);
    if (!isMeant && !signal.aborted) this.world.warn(error);
    return errorAnswer(isMeant ? error : new MethodError('The runtime failed.', -32603));
  }

  #progress(id: string, taken: Taken, codec: DecodedCall, data: unknown): boolean {
    const seq = taken.seq;
    if (!taken.controller || taken.controller.signal.aborted || seq > maxProgressSeq) return false;
    if (bytesOf(JSON.stringify(data) ?? 'null') > maxProgressBytes) return false;
    taken.seq += 1;
    const say = (coded: unknown) => {
      const params = { id, seq, data: coded };
      const frame = JSON.stringify({ jsonrpc: '2.0', method: 'relay.progress', params });
      taken.steps.push(frame);
      if (taken.steps.length > maxSteps) taken.steps.shift();
      this.world.send(frame);
    };
    if (!codec.encodeProgress) say(data);
    else {
      const code = async () => say(await codec.encodeProgress?.(data, { seq }));
      // One after the other, so that encoding changes no order; the answer waits for the last.
      taken.coding = (taken.coding ?? Promise.resolve()).then(code).catch((error) => this.world.warn(error));
    }
    return true;
  }

  /** An answer too large for a frame. It counts once, so it may be sent as often as it takes. */
  async #post(id: string, answer: string, signal: AbortSignal, decoded: DecodedCall): Promise<void> {
    try {
      await this.#persist(`POST /api/relay/replies/${id}`, signal, { body: answer, timeoutMs: 60_000 });
    } catch (error) {
      // 404: it had arrived, or nobody waits any more. 413 has ended the call.
      if (!(error instanceof NotFound || signal.aborted)) this.world.warn(error);
      if (![NotFound, TooLarge].some((kind) => error instanceof kind) && !signal.aborted) {
        const failed = new MethodError('The answer could not be delivered.');
        this.world.send(answerFrame(id, await codeOf(decoded, errorAnswer(failed))));
      }
    }
    this.taken.settle(id);
  }

  /** The address is the server's that we know: no word on a socket decides where the secret goes. */
  async #fetchParams(id: string, signal: AbortSignal): Promise<unknown> {
    return await this.#persist(`GET /api/relay/rpc/${id}/params`, signal, { timeoutMs: 60_000 });
  }

  async #persist(
    route: string,
    signal: AbortSignal,
    more: { body?: string; timeoutMs: number },
  ): Promise<unknown> {
    const backoff = new Backoff(200, 5_000);
    for (;;) {
      try {
        return await ask(this.world.server, route, { credential: this.world.relaySecret(), signal, ...more });
      } catch (error) {
        const passes = [Unreachable, RateLimited, ServerFault].some((kind) => error instanceof kind);
        if (!passes || signal.aborted) throw error;
        if (await pause((error as RelayError).retryAfterMs ?? backoff.next(), signal)) throw error;
      }
    }
  }
}

/** What an App may know of an error: what was meant for it. By its name: the entry `sealed`, bundled apart, throws its own. */
function isMethodError(error: unknown): error is MethodError {
  return error instanceof Error && error.name === 'MethodError';
}

function errorAnswer({ code, message, data }: MethodError): Answer {
  return { error: { code, message, data } };
}

/** An answer in the code of the call that it answers. */
async function codeOf(decoded: DecodedCall, answer: Answer): Promise<Answer> {
  return (await decoded.encodeAnswer?.(answer)) ?? answer;
}

/** The relay handles frames side by side: the count of the steps has it wait for those that the answer overtakes. */
function answerFrame(id: string, { result, error }: Answer, steps = 0): string {
  const meta = steps > 0 ? { meta: { steps } } : {};
  return JSON.stringify({ jsonrpc: '2.0', id, ...(error ? { error } : { result }), ...meta });
}
