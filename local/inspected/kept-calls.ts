/** The newest calls that passed, with what they carried. */

/** A call as it passed. */
export interface KeptCall {
  /** As the runtime and the monitor know it. */
  readonly id: string;
  readonly method: string;
  readonly clientId: string;
  /** How long it may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly traceparent: string | undefined;
  params?: unknown;
  /** The newest steps. */
  readonly steps: Array<{ seq: number; data: unknown }>;
  answer?: { result: unknown } | { error: unknown };
  /** Of all that it holds, in UTF-8. */
  bytes: number;
}

/** More calls, or more bytes, than these: the oldest are forgotten. */
export interface KeptLimits {
  calls: number;
  bytes: number;
  /** Of one call. */
  steps: number;
}

const usual: KeptLimits = { calls: 1_000, bytes: 64 * 1024 * 1024, steps: 50 };

/** The memory of an inspector. */
export class KeptCalls {
  readonly #calls = new Map<string, KeptCall>();
  #bytes = 0;

  constructor(private readonly limits: KeptLimits = usual) {}

  find(id: string): KeptCall | undefined {
    return this.#calls.get(id);
  }

  /** The newest call whose command carried this trace. */
  findByTrace(traceparent: string): KeptCall | undefined {
    return [...this.#calls.values()].findLast((call) => call.traceparent === traceparent);
  }

  /** Keeps a command; one that is sent again is the same call. */
  command(call: Omit<KeptCall, 'steps' | 'bytes' | 'answer'>): void {
    const known = this.#calls.get(call.id);
    if (!known) this.#calls.set(call.id, { ...call, steps: [], bytes: 0 });
    else if (known.params === undefined) known.params = call.params;
    this.#count(call.id, known === undefined || known.bytes === 0 ? sizeOf(call.params) : 0);
  }

  params(id: string, params: unknown): void {
    const call = this.#calls.get(id);
    if (!call || call.params !== undefined) return;
    call.params = params;
    this.#count(id, sizeOf(params));
  }

  step(id: string, step: { seq: number; data: unknown }): void {
    const call = this.#calls.get(id);
    if (!call || call.steps.some(({ seq }) => seq === step.seq)) return;
    call.steps.push(step);
    const gone = call.steps.length > this.limits.steps ? sizeOf(call.steps.shift()?.data) : 0;
    this.#count(id, sizeOf(step.data) - gone);
  }

  /** The first answer counts, as at the relay. */
  answer(id: string, answer: NonNullable<KeptCall['answer']>): void {
    const call = this.#calls.get(id);
    if (!call || call.answer) return;
    call.answer = answer;
    this.#count(id, sizeOf(answer));
  }

  #count(id: string, bytes: number): void {
    const call = this.#calls.get(id);
    if (call) call.bytes += bytes;
    this.#bytes += bytes;
    for (const [oldest, { bytes: held }] of this.#calls) {
      const isFull = this.#calls.size > this.limits.calls || this.#bytes > this.limits.bytes;
      if (!isFull || oldest === id) return;
      this.#calls.delete(oldest);
      this.#bytes -= held;
    }
  }
}

function sizeOf(value: unknown): number {
  return value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value));
}
