/** A socket with a memory: whoever waits for a frame is given it whether it has come or is still to come. */
import { WebSocket } from 'ws';
import { broken, isLike, type Pattern } from '../harness/expect';
import { unheeded } from '../harness/unheeded';
import { Moments } from './moments';
import { parsed } from './parsed';

/** A frame as it came. */
// biome-ignore lint/suspicious/noExplicitAny: cases look into frames of every shape
export type Frame = any;

/** What a peer does with a command; what it returns, unless `undefined`, is the result. */
export type OnCommand = (command: Frame, peer: Peer) => unknown;

/** A handshake that was refused, by its status. */
export class Refused extends Error {
  constructor(readonly status: number) {
    super(`The handshake was answered with ${status}`);
  }
}

/** How a socket is opened. */
export interface PeerOptions {
  credential?: string;
  headers?: Record<string, string>;
  from?: string | undefined;
  onCommand?: OnCommand | undefined;
}

let asked = 0;

/** One end of a socket of the relay. */
export class Peer extends Moments {
  /** Every frame so far; a text that is not JSON stands as it came. */
  readonly frames: Frame[] = [];
  /** The close code. */
  readonly closed: Promise<number>;

  private constructor(readonly socket: WebSocket) {
    super();
    this.closed = new Promise((resolve) => socket.on('close', resolve));
    socket.on('error', () => {});
    socket.on('close', () => this.happened());
  }

  /** Connects; rejects with `Refused` where the handshake is. */
  static connect(url: string, { credential, headers, from, onCommand }: PeerOptions = {}): Promise<Peer> {
    const socket = new WebSocket(url, {
      headers: { ...(credential === undefined ? {} : { authorization: `Bearer ${credential}` }), ...headers },
      ...(from ? { localAddress: from } : {}),
    });
    const peer = new Peer(socket);
    socket.on('message', (data) => peer.receive(String(data), onCommand));
    return new Promise((resolve, reject) => {
      socket.on('open', () => resolve(peer));
      socket.on('unexpected-response', (request, response) => {
        request.destroy();
        reject(new Refused(response.statusCode ?? 0));
      });
      socket.on('error', reject);
    });
  }

  /** Sends a frame; a text goes as it is. */
  send(frame: Frame): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Sends a text in frames of so many characters. */
  sendInPieces(text: string, characters: number): void {
    for (let at = 0; at < text.length; at += characters)
      this.socket.send(text.slice(at, at + characters), { fin: at + characters >= text.length });
  }

  /** Answers a command with a result. */
  reply(id: unknown, result: unknown): void {
    this.send({ jsonrpc: '2.0', id, result });
  }

  /** Tells a step of a call. */
  step(id: unknown, seq: number, data: unknown): void {
    this.send({ jsonrpc: '2.0', method: 'relay.progress', params: { id, seq, data } });
  }

  /** The first frame, of all so far and to come, that has what the pattern names. */
  frame(pattern: Pattern): Promise<Frame> {
    const look = () => {
      const found = this.frames.find((frame) => isLike(frame, pattern));
      if (found === undefined && this.socket.readyState === WebSocket.CLOSED)
        broken('the socket closed before a frame that was due');
      return found;
    };
    return unheeded(this.until<Frame>(look));
  }

  /** The first command of a method, or of any. */
  command(method?: string): Promise<Frame> {
    return this.frame({ type: 'req', ...(method === undefined ? {} : { method }) });
  }

  /** Every command so far. */
  commands(): Frame[] {
    return this.frames.filter((frame) => frame?.type === 'req');
  }

  /** Asks something and gives the frame that answers. */
  ask(method: string, params?: unknown, more: object = {}): Promise<Frame> {
    const id = `kit-${++asked}`;
    this.send({ jsonrpc: '2.0', id, method, ...(params === undefined ? {} : { params }), ...more });
    return this.frame({ id, type: (type) => type !== 'req' });
  }

  /** What was sent before has been dealt with once this is answered. */
  settled(): Promise<Frame> {
    return this.ask('relay.ping');
  }

  /** Closes as a well-behaved peer. */
  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }

  private receive(text: string, onCommand: OnCommand | undefined): void {
    const frame = parsed(text);
    this.frames.push(frame);
    this.happened();
    if (frame?.type !== 'req' || !onCommand) return;
    const result = onCommand(frame, this);
    if (result !== undefined) this.reply(frame.id, result);
  }
}
