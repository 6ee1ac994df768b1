import { randomUUID } from 'node:crypto';
import { type Environments, isolatedEnvironments, sharedEnvironment } from './environments';
import type { FunctionDefinition } from './function-definitions';
import { FunctionThread } from './function-thread';
import {
  bufferedInvocation,
  hasStopped,
  type Invocation,
  type InvokeOutcome,
  isTooLarge,
  type StreamReader,
  streamedInvocation,
  timedOut,
} from './invocation';
import type { FunctionLogLine, FunctionSurroundings } from './surroundings';

/** How long an environment may import its bundle (Lambda, init phase). */
const INIT_LIMIT_MS = 10_000;

interface Slot {
  definition: FunctionDefinition;
  environments: Environments;
  /** Invocations by this host's count: those that timed out but still run in their thread are not in it. */
  running: number;
}

/**
 * Lambda: runs each function of the template in worker threads of its own, and enforces timeouts, payload limits and
 * reserved concurrency. A thread starts with an invocation that needs one, or with `warm()`.
 */
export class Functions {
  /** How long the slowest environment took until its bundle was imported, in milliseconds; 0 before the first. */
  slowestStartMs = 0;
  readonly #slots: Map<string, Slot>;
  readonly #byArn: Map<string, string>;
  readonly #onLog: (line: FunctionLogLine) => void;
  #stopped = false;

  constructor(definitions: FunctionDefinition[], { isolate, onLog, awsOf }: FunctionSurroundings) {
    const environmentsOf = isolate ? isolatedEnvironments : sharedEnvironment;
    this.#slots = new Map(
      definitions.map((definition) => {
        const { logicalId } = definition;
        const log = (line: string) => onLog({ functionLogicalId: logicalId, line });
        const environments = environmentsOf(() =>
          this.#timed(new FunctionThread(definition, { isolate, onLine: log, aws: awsOf(logicalId) })),
        );
        return [logicalId, { definition, environments, running: 0 }];
      }),
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
    return this.#slot(functionLogicalId).environments.temperature();
  }

  /** How many environments a function has at this moment. */
  environmentsOf(functionLogicalId: string): number {
    return this.#slot(functionLogicalId).environments.count;
  }

  #timed(thread: FunctionThread): FunctionThread {
    const since = performance.now();
    void thread.initialised.then(() => {
      this.slowestStartMs = Math.max(this.slowestStartMs, performance.now() - since);
    });
    return thread;
  }

  /** Starts an environment of each function, side by side; resolves when every bundle is imported. */
  async warm(): Promise<void> {
    await Promise.all([...this.#slots.values()].map(({ environments }) => environments.warm()));
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

  /** Kills a function's environments (or everyone's) wherever they are; the next invocation starts a fresh one. */
  async restart(functionLogicalId?: string): Promise<void> {
    const slots = functionLogicalId ? [this.#slot(functionLogicalId)] : [...this.#slots.values()];
    await Promise.all(slots.map(({ environments }) => environments.terminate()));
  }

  /** Ends every environment; later invocations fail. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.restart();
  }

  #start(functionLogicalId: string, event: unknown, invocation: Invocation): void {
    const slot = this.#slot(functionLogicalId);
    const text = JSON.stringify(event);
    const refusal = this.#refusalOf(slot, text);
    if (refusal) {
      invocation.onRefused(refusal);
      return;
    }
    slot.running++;
    slot.environments.take((thread) => {
      if (!this.#stopped) {
        this.#run(slot, thread, text, invocation);
        return;
      }
      slot.running--;
      invocation.onRefused(hasStopped());
    });
  }

  #refusalOf({ definition, running }: Slot, event: string): InvokeOutcome | undefined {
    if (this.#stopped) return hasStopped();
    if (running >= (definition.reservedConcurrency ?? Number.POSITIVE_INFINITY)) return { kind: 'throttled' };
    return isTooLarge(event) ? { kind: 'too-large' } : undefined;
  }

  #run(slot: Slot, thread: FunctionThread, event: string, invocation: Invocation): void {
    const { timeoutMs } = slot.definition;
    const requestId = randomUUID();
    let over = false;
    const end = (how: 'done' | 'forsaken'): void => {
      over = true;
      clearTimeout(timer);
      slot.running--;
      slot.environments.release(thread, how);
    };
    const forget = thread.start({
      event,
      requestId,
      timeoutMs,
      streaming: invocation.streaming,
      onResult: (payload) => {
        end('done');
        invocation.onResult(payload);
      },
      onChunk: invocation.onChunk,
      onEnd: invocation.onEnd,
      onError: (error) => {
        end('done');
        const { errorType, errorMessage, trace } = error;
        this.#log(slot, `${requestId} ${trace?.join('\n') || `${errorType}: ${errorMessage}`}`);
        invocation.onRefused({ kind: 'function-error', error });
      },
    });
    const giveUp = (): void => {
      forget();
      end('forsaken');
      const error = timedOut(requestId, timeoutMs);
      this.#log(slot, error.errorMessage);
      invocation.onRefused({ kind: 'function-error', error });
    };
    let timer = setTimeout(giveUp, timeoutMs + INIT_LIMIT_MS).unref();
    // The time that an import takes is no time of the function's.
    void thread.initialised.then(() => {
      if (over) return;
      clearTimeout(timer);
      timer = setTimeout(giveUp, timeoutMs).unref();
    });
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
