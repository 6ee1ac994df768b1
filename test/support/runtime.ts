/** A runtime for tests: a socket with a queue, so that a test waits for frames and never for time. */
import { WebSocket } from 'ws';
import type { Paired, Registered } from './api';

/** A frame as it came. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into frames of every shape
export type Frame = any;

/** What a runtime does with a command; what it returns is its result. */
export type OnCommand = (command: Frame, runtime: TestRuntime) => unknown;

/** A connected runtime. */
export class TestRuntime {
  /** Every frame so far. */
  readonly frames: Frame[] = [];
  /** Settles with the close code. */
  readonly closed: Promise<number>;
  private waiting: Array<() => void> = [];

  private constructor(readonly socket: WebSocket) {
    this.closed = new Promise((resolve) => socket.on('close', resolve));
    socket.on('error', () => {});
    socket.on('close', () => this.wake());
  }

  /** Connects; rejects with the handshake's status. Without `onCommand` it stays silent. */
  static connect(
    { relayUrl, relaySecret }: Pick<Registered, 'relayUrl' | 'relaySecret'>,
    onCommand?: OnCommand,
  ): Promise<TestRuntime> {
    const socket = new WebSocket(relayUrl, { headers: { authorization: `Bearer ${relaySecret}` } });
    const runtime = new TestRuntime(socket);
    socket.on('message', (data) => runtime.receive(String(data), onCommand));
    return new Promise((resolve, reject) => {
      socket.on('open', () => resolve(runtime));
      socket.on('unexpected-response', (_, response) =>
        reject(new Error(`handshake ${response.statusCode}`)),
      );
      socket.on('error', reject);
    });
  }

  /** Connects an App: its socket is a runtime's but for the credential. */
  static connectApp({
    relayUrl,
    clientToken,
  }: Pick<Paired, 'relayUrl' | 'clientToken'>): Promise<TestRuntime> {
    return TestRuntime.connect({ relayUrl, relaySecret: clientToken });
  }

  /** Sends a frame; a string goes as it is. */
  send(frame: Frame): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Answers a command with a result. */
  reply(id: string, result: unknown): void {
    this.send({ jsonrpc: '2.0', id, result });
  }

  /** Waits for the first frame, of all so far and to come, that fits. */
  async frame(fits: (frame: Frame) => boolean): Promise<Frame> {
    for (;;) {
      const found = this.frames.find(fits);
      if (found) return found;
      if (this.socket.readyState === WebSocket.CLOSED)
        throw new Error('The socket closed before such a frame came');
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  /** Waits for a command. */
  command(method?: string): Promise<Frame> {
    return this.frame((frame) => frame.type === 'req' && (method === undefined || frame.method === method));
  }

  /** Asks the relay something and waits for its answer. */
  async ask(method: string, params?: unknown): Promise<Frame> {
    const id = `ask-${Math.random()}`;
    this.send({ jsonrpc: '2.0', id, method, params });
    return this.frame((frame) => frame.id === id);
  }

  /** Closes as a well-behaved peer. */
  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }

  private receive(text: string, onCommand: OnCommand | undefined): void {
    const frame = JSON.parse(text);
    this.frames.push(frame);
    this.wake();
    if (frame.type !== 'req' || !onCommand) return;
    const result = onCommand(frame, this);
    if (result !== undefined) this.reply(frame.id, result);
  }

  private wake(): void {
    for (const wake of this.waiting.splice(0)) wake();
  }
}

/** Echoes the params of every command. */
export const echo: OnCommand = (command) => command.params ?? null;
