import { randomUUID } from 'node:crypto';
import type { FunctionDefinition } from './function-definitions';
import { FunctionThread } from './function-thread';
import {
  bufferedInvocation,
  type Invocation,
  type InvokeOutcome,
  isTooLarge,
  type StreamReader,
  streamedInvocation,
} from './invocation';

/** A log line of a function. */
export interface FunctionLogLine {
  functionLogicalId: string;
  line: string;
}

interface Slot {
  definition: FunctionDefinition;
  thread: FunctionThread | undefined;
  /** Invocations by this host's count: those that timed out but still run in their thread are not in it. */
  running: number;
}

/**
 * Lambda: runs each function of the template in a worker thread of its own, and enforces timeouts, payload limits and
 * reserved concurrency. A thread starts with the first invocation, or with `warm()`.
 */
export class Functions {
  readonly #slots: Map<string, Slot>;
  readonly #byArn: Map<string, string>;
  readonly #onLog: (line: FunctionLogLine) => void;
  #stopped = false;

  constructor(definitions: FunctionDefinition[], onLog: (line: FunctionLogLine) => void) {
    this.#slots = new Map(
      definitions.map((definition) => [definition.logicalId, { definition, thread: undefined, running: 0 }]),
    );
    this.#byArn = new Map(definitions.map(({ arn, logicalId }) => [arn, logicalId]));
    this.#onLog = onLog;
  }

  /** Every function's definition, in the template's order. */
  get definitions(): FunctionDefinition[] {
    return [...this.#slots.values()].map(({ definition }) => definition);
  }

  /** The function behind an ARN; throws where the template has none. */
  logicalIdOf(arn: string): string {
    const logicalId = this.#byArn.get(arn);
    if (!logicalId) throw new Error(`No function of the template has the ARN ${arn}`);
    return logicalId;
  }

  /** Whether the next invocation finds the bundle imported. */
  temperature(functionLogicalId: string): 'cold' | 'warm' {
    return this.#slot(functionLogicalId).thread?.state === 'warm' ? 'warm' : 'cold';
  }

  /** Starts the threads of all functions, side by side; resolves when every bundle is imported. */
  async warm(): Promise<void> {
    await Promise.all([...this.#slots.values()].map((slot) => this.#threadOf(slot).initialised));
  }

  /** Runs a function to its end, as a synchronous Invoke does. */
  async invoke(functionLogicalId: string, event: unknown): Promise<InvokeOutcome> {
    return await new Promise((resolve) => this.#start(functionLogicalId, event, bufferedInvocation(resolve)));
  }

  /**
   * Runs a function and hands on what it writes, as InvokeWithResponseStream does. Resolves when the function is
   * done, which may be after the end of its stream.
   */
  async invokeStream(
    functionLogicalId: string,
    event: unknown,
    reader: StreamReader,
  ): Promise<InvokeOutcome> {
    return await new Promise((resolve) =>
      this.#start(functionLogicalId, event, streamedInvocation(reader, resolve)),
    );
  }

  /** Kills a function's thread (or everyone's) wherever it is; the next invocation starts a fresh one. */
  async restart(functionLogicalId?: string): Promise<void> {
    const slots = functionLogicalId ? [this.#slot(functionLogicalId)] : [...this.#slots.values()];
    await Promise.all(
      slots.map(async (slot) => {
        const thread = slot.thread;
        slot.thread = undefined;
        await thread?.terminate();
      }),
    );
  }

  /** Ends every thread; later invocations fail. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.restart();
  }

  #start(functionLogicalId: string, event: unknown, invocation: Invocation): void {
    const slot = this.#slot(functionLogicalId);
    const { definition } = slot;
    if (this.#stopped) {
      const error = { errorType: 'Runtime.ExitError', errorMessage: 'The local host has stopped' };
      invocation.onRefused({ kind: 'function-error', error });
      return;
    }
    if (definition.reservedConcurrency !== undefined && slot.running >= definition.reservedConcurrency) {
      invocation.onRefused({ kind: 'throttled' });
      return;
    }
    const text = JSON.stringify(event);
    if (isTooLarge(text)) {
      invocation.onRefused({ kind: 'too-large' });
      return;
    }

    const requestId = randomUUID();
    const thread = this.#threadOf(slot);
    slot.running++;
    const end = (): void => {
      clearTimeout(timer);
      slot.running--;
    };
    const forget = thread.start({
      event: text,
      requestId,
      deadlineMs: Date.now() + definition.timeoutMs,
      streaming: invocation.streaming,
      onResult: (payload) => {
        end();
        invocation.onResult(payload);
      },
      onChunk: invocation.onChunk,
      onEnd: invocation.onEnd,
      onError: (error) => {
        end();
        this.#log(
          slot,
          `${requestId} ${error.trace?.join('\n') || `${error.errorType}: ${error.errorMessage}`}`,
        );
        invocation.onRefused({ kind: 'function-error', error });
      },
    });
    const timer = setTimeout(() => {
      forget();
      end();
      const seconds = (definition.timeoutMs / 1000).toFixed(2);
      const errorMessage = `${new Date().toISOString()} ${requestId} Task timed out after ${seconds} seconds`;
      this.#log(slot, errorMessage);
      invocation.onRefused({
        kind: 'function-error',
        error: { errorType: 'Sandbox.Timedout', errorMessage },
      });
      // AWS tears the environment down. Here it may be running others: then only this invocation is given up, and
      // its code runs on unheard.
      if (thread.running === 0) this.#discard(slot, thread);
    }, definition.timeoutMs);
    timer.unref();
  }

  #discard(slot: Slot, thread: FunctionThread): void {
    if (slot.thread === thread) slot.thread = undefined;
    void thread.terminate();
  }

  #threadOf(slot: Slot): FunctionThread {
    if (!slot.thread || slot.thread.state === 'ended') {
      slot.thread = new FunctionThread(slot.definition, (line) => this.#log(slot, line));
    }
    return slot.thread;
  }

  #slot(functionLogicalId: string): Slot {
    const slot = this.#slots.get(functionLogicalId);
    if (!slot) throw new Error(`No function ${functionLogicalId} in the template`);
    return slot;
  }

  #log(slot: Slot, line: string): void {
    this.#onLog({ functionLogicalId: slot.definition.logicalId, line });
  }
}
