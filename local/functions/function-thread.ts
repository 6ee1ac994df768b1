import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { FunctionDefinition } from './function-definitions';

/** A function's failure, as Lambda describes it to whoever invoked it. */
export interface FunctionError {
  errorType: string;
  errorMessage: string;
  trace?: string[];
}

/** One invocation as the thread sees it; it ends with exactly one call of `onResult` or `onError`. */
export interface ThreadInvocation {
  /** The event as JSON text. */
  event: string;
  requestId: string;
  /** From the handler's start. */
  timeoutMs: number;
  streaming: boolean;
  /** The result as JSON text. */
  onResult(payload: string): void;
  /** Resolve when the chunk was taken; the function's writes wait for it. */
  onChunk(chunk: Buffer): Promise<void> | undefined;
  /** A streaming function has ended its stream; its handler may go on. */
  onEnd(): void;
  onError(error: FunctionError): void;
}

type WorkerMessage =
  | { type: 'ready' }
  | { type: 'init-error'; error: FunctionError }
  | { type: 'result'; id: number; payload: string }
  | { type: 'error'; id: number; error: FunctionError }
  | { type: 'chunk'; id: number; data: Uint8Array }
  | { type: 'end'; id: number }
  | { type: 'log'; text: string };

const WORKER_FILE = path.join(__dirname, 'function-worker.mjs');

/** One execution environment of one function: a worker thread from its start to its end. */
export class FunctionThread {
  /** `warm` once the bundle is imported; `ended` when it can take no more invocations. */
  state: 'cold' | 'warm' | 'ended' = 'cold';
  /** Resolves when the bundle is imported or has failed to be. */
  readonly initialised: Promise<void>;
  /** 0 lets the thread freeze, 1 lets it run. */
  readonly #gate: Int32Array | undefined;
  readonly #worker: Worker;
  readonly #definition: FunctionDefinition;
  readonly #running = new Map<number, ThreadInvocation>();
  readonly #onLine: (line: string) => void;
  #partialLine = '';
  #markInitialised: () => void = () => {};
  #nextId = 1;

  /** `isolate`: it is frozen between its invocations, of which there must be one at a time. */
  constructor(
    definition: FunctionDefinition,
    { isolate, onLine }: { isolate: boolean; onLine(line: string): void },
  ) {
    this.#definition = definition;
    this.initialised = new Promise((resolve) => {
      this.#markInitialised = resolve;
    });
    this.#gate = isolate ? new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) : undefined;
    this.#worker = new Worker(WORKER_FILE, {
      workerData: { directory: definition.directory, handler: definition.handler, gate: this.#gate?.buffer },
      env: definition.environment,
      // Whatever flags and loaders run this process must not reach the function.
      execArgv: [],
    });
    this.#onLine = onLine;
    this.#worker.on('message', (message: WorkerMessage) => this.#receive(message));
    this.#worker.on('error', (error) =>
      this.#fail(crash('Runtime.UnhandledError', String(error.stack ?? error))),
    );
    this.#worker.on('exit', (code) =>
      this.#fail(crash('Runtime.ExitError', `Runtime exited with status ${code}`)),
    );
  }

  /** Invocations that have not ended. */
  get running(): number {
    return this.#running.size;
  }

  /** Starts an invocation; the returned function forgets it, so that whatever it still sends is dropped. */
  start(invocation: ThreadInvocation): () => void {
    const id = this.#nextId++;
    this.#running.set(id, invocation);
    if (this.#gate) {
      Atomics.store(this.#gate, 0, 1);
      Atomics.notify(this.#gate, 0);
    }
    this.#worker.postMessage({
      type: 'invoke',
      id,
      event: invocation.event,
      requestId: invocation.requestId,
      timeoutMs: invocation.timeoutMs,
      arn: this.#definition.arn,
      streaming: invocation.streaming,
    });
    return () => this.#running.delete(id);
  }

  /** Ends the thread wherever it is; invocations under way fail. Every line that it logged is out by then. */
  async terminate(): Promise<void> {
    this.state = 'ended';
    await this.#worker.terminate();
  }

  #receive(message: WorkerMessage): void {
    switch (message.type) {
      case 'ready':
        if (this.state === 'cold') this.state = 'warm';
        this.#markInitialised();
        return;
      case 'init-error':
        // As on AWS a failed import is tried again by the next invocation, in a fresh environment.
        this.#fail(message.error);
        void this.#worker.terminate();
        return;
      case 'chunk':
        this.#deliver(
          message.id,
          Buffer.from(message.data.buffer, message.data.byteOffset, message.data.length),
        );
        return;
      case 'log':
        this.#log(message.text);
        return;
      case 'result':
        this.#finish(message.id)?.onResult(message.payload);
        return;
      case 'end':
        this.#running.get(message.id)?.onEnd();
        return;
      case 'error':
        this.#finish(message.id)?.onError(message.error);
    }
  }

  #deliver(id: number, chunk: Buffer): void {
    const acknowledge = () => this.#worker.postMessage({ type: 'ack', id, bytes: chunk.length });
    const taken = this.#running.get(id)?.onChunk(chunk);
    if (taken) taken.then(acknowledge, acknowledge);
    else acknowledge();
  }

  #finish(id: number): ThreadInvocation | undefined {
    const invocation = this.#running.get(id);
    this.#running.delete(id);
    return invocation;
  }

  #log(text: string): void {
    const lines = (this.#partialLine + text).split('\n');
    this.#partialLine = lines.pop() ?? '';
    for (const line of lines) this.#onLine(line);
  }

  #fail(error: FunctionError): void {
    this.state = 'ended';
    this.#markInitialised();
    const running = [...this.#running.values()];
    this.#running.clear();
    for (const invocation of running) invocation.onError(error);
  }
}

function crash(errorType: string, errorMessage: string): FunctionError {
  return { errorType, errorMessage };
}
