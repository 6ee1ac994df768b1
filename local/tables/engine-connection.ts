/**
 * One connection to the engine, for many requests at a time: they are written together and answered in their order
 * (HTTP/1.1 pipelining). A request by Node's own client costs three times as much, most of it in system calls.
 * It speaks only what our engine speaks: answers with a content length.
 */
import { connect, type Socket } from 'node:net';
import type { EngineAnswer } from './engine-client';

interface Pending {
  request: string;
  done(answer: EngineAnswer): void;
  fail(error: Error): void;
  isRetry: boolean;
}

const END_OF_HEAD = '\r\n\r\n';

/** Opens when it is first needed, and again when the engine has closed it. */
export class EngineConnection {
  readonly #host: string;
  readonly #port: number;
  #socket: Socket | undefined;
  #unsent: Pending[] = [];
  /** Sent, in the order in which answers will come. */
  #sent: Pending[] = [];
  #received: Buffer = Buffer.alloc(0);
  /** Whether a byte has come since the oldest request was sent. */
  #hasHeard = false;

  constructor(host: string, port: number) {
    this.#host = host;
    this.#port = port;
  }

  /** Requests that have no answer yet. */
  get load(): number {
    return this.#unsent.length + this.#sent.length;
  }

  /** Sends the text of a whole request. */
  send(request: string): Promise<EngineAnswer> {
    return new Promise((done, fail) => this.#queue({ request, done, fail, isRetry: false }));
  }

  close(): void {
    this.#socket?.destroy();
  }

  #queue(pending: Pending): void {
    this.#unsent.push(pending);
    // What comes in the same turn of the loop leaves in one write.
    if (this.#unsent.length === 1) setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#socket ??= this.#open();
    if (this.#sent.length === 0) this.#hasHeard = false;
    const requests = this.#unsent;
    this.#unsent = [];
    this.#sent.push(...requests);
    this.#socket.write(requests.map(({ request }) => request).join(''));
  }

  #open(): Socket {
    const socket = connect(this.#port, this.#host);
    socket.setNoDelay(true);
    this.#received = Buffer.alloc(0);
    let reason = new Error('The engine closed the connection.');
    socket.on('data', (chunk) => this.#receive(socket, chunk));
    socket.on('error', (error) => {
      reason = error;
    });
    socket.on('close', () => {
      this.#socket = undefined;
      const lost = this.#sent;
      this.#sent = [];
      for (const pending of lost) this.#lose(pending, reason);
    });
    return socket;
  }

  /** The engine may close an idle connection just as it is used again: then nothing was done, and it is tried anew. */
  #lose(pending: Pending, reason: Error): void {
    if (this.#hasHeard || pending.isRetry) pending.fail(reason);
    else this.#queue({ ...pending, isRetry: true });
  }

  #receive(socket: Socket, chunk: Buffer): void {
    this.#hasHeard = true;
    let rest = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    for (;;) {
      const headEnd = rest.indexOf(END_OF_HEAD);
      if (headEnd < 0) break;
      const head = rest.toString('latin1', 0, headEnd);
      const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(head) ?? [];
      const [, length] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? [];
      if (status === undefined || length === undefined) {
        socket.destroy(new Error('The engine sent an answer of an unknown form.'));
        return;
      }
      const bodyStart = headEnd + END_OF_HEAD.length;
      const bodyEnd = bodyStart + Number(length);
      if (rest.length < bodyEnd) break;
      this.#sent.shift()?.done({ status: Number(status), body: rest.toString('utf8', bodyStart, bodyEnd) });
      rest = rest.subarray(bodyEnd);
    }
    this.#received = rest;
  }
}
