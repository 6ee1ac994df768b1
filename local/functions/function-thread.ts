import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { FunctionCalls } from '../types';
import type { FunctionDefinition } from './function-definitions';
import type { FunctionError, ThreadInvocation, WorkerMessage } from './thread-messages';

/** The thread hears of so many bytes at once; it waits above four times as many. */
const REPORT_BYTES = 64 * 1024;

/** V8 would let the garbage of each thread grow to 48 MB before it looks; a call leaves some hundred KB. */
const YOUNG_GENERATION_MB = 12;

const WORKER_FILE = path.join(__dirname, 'function-worker.mjs');

/** What a thread is given by its host. */
export interface ThreadSurroundings {
  /**
   * It is frozen between its invocations, of which there must be one at a time. Its AWS calls keep their connections, so
   * that these can die meanwhile.
   */
  isolate: boolean;
  onLine(line: string): void;
  /** Answers its AWS calls where these spare the network. */
  aws: FunctionCalls;
}

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
  readonly #aws: FunctionCalls;
  /** Bytes that readers took and that the thread was not told of. */
  readonly #unreported = new Map<number, number>();
  #partialLine = '';
  #markInitialised: () => void = () => {};
  #nextId = 1;

  constructor(definition: FunctionDefinition, { isolate, onLine, aws }: ThreadSurroundings) {
    this.#definition = definition;
    this.initialised = new Promise((resolve) => {
      this.#markInitialised = resolve;
    });
    this.#gate = isolate ? new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) : undefined;
    this.#worker = new Worker(WORKER_FILE, {
      workerData: {
        directory: definition.directory,
        handler: definition.handler,
        gate: this.#gate?.buffer,
        awsByMessage: !isolate,
        awsInThread: isolate || !aws.inThread ? undefined : { ...aws.inThread, hear: undefined },
      },
      env: definition.environment,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
      // Whatever flags and loaders run this process must not reach the function.
      execArgv: [],
    });
    this.#onLine = onLine;
    this.#aws = aws;
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
    return () => this.#finish(id);
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
      case 'aws-report':
        this.#aws.inThread?.hear(message.report);
        return;
      case 'aws':
        void this.#answerAws(message);
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
    const acknowledge = () => this.#acknowledge(id, chunk.length);
    const taken = this.#running.get(id)?.onChunk(chunk);
    if (taken) taken.then(acknowledge, acknowledge);
    else acknowledge();
  }

  /** Small answers end without a word about what was taken of them. */
  #acknowledge(id: number, taken: number): void {
    if (!this.#running.has(id)) return;
    const bytes = (this.#unreported.get(id) ?? 0) + taken;
    this.#unreported.set(id, bytes);
    if (bytes < REPORT_BYTES) return;
    this.#unreported.set(id, 0);
    this.#worker.postMessage({ type: 'ack', id, bytes });
  }

  async #answerAws({ id, body, ...request }: Extract<WorkerMessage, { type: 'aws' }>): Promise<void> {
    const answer = await this.#aws.answer({ ...request, body: Buffer.from(body as Uint8Array) });
    if (answer !== 'hang') this.#worker.postMessage({ type: 'aws-answer', id, answer });
  }

  #finish(id: number): ThreadInvocation | undefined {
    const invocation = this.#running.get(id);
    this.#running.delete(id);
    this.#unreported.delete(id);
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
