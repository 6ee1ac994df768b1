/** The relay's end of a runtime's socket. */
import { WebSocket } from 'ws';
import { parsed } from '../wire/parsed';
import type { Frame } from '../wire/peer';
import type { RelayDouble } from './relay-double';
import { doubleLimits } from './words-of-double';

let serial = 0;

/** One socket. */
export class RelaySocket {
  /** Every frame of the runtime, as it came. */
  readonly frames: Frame[] = [];
  /** Whether a frame was binary. */
  hasBinary = false;
  /** The size of the largest message. */
  largestBytes = 0;
  readonly openedAtMs = Date.now();
  closedAtMs: number | undefined;

  constructor(
    readonly socket: WebSocket,
    private readonly relay: RelayDouble,
  ) {
    socket.on('message', (data, isBinary) => this.receive(String(data), isBinary));
    socket.on('error', () => {});
    socket.on('close', () => {
      this.closedAtMs = Date.now();
      relay.happened();
    });
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  /** The requests of one of the relay's methods so far. */
  readonly asked = (method: string): Frame[] => this.frames.filter((frame) => frame?.method === method);

  /** Sends a frame. */
  send(frame: object): void {
    this.socket.send(JSON.stringify(frame));
  }

  /** Sends a command and gives its id. */
  command(method: string, params?: unknown, more: { id?: string; meta?: object } = {}): string {
    const id = more.id ?? `rpc_kit${++serial}`;
    this.post(id, commandFrame(id, method, params, more.meta));
    return id;
  }

  /** Sends a command as it is; like any other it is owed until it is answered. */
  post(id: string, frame: object): void {
    this.relay.posted.set(id, frame);
    this.send(frame);
  }

  /** An event of the relay. */
  event(event: string, params: object): void {
    this.send({ jsonrpc: '2.0', type: 'event', event, method: event, params });
  }

  /** The replies to a command so far, on this socket. */
  replies(id: string): Frame[] {
    return this.frames.filter(
      (frame) => (frame?.id === id || frame?.requestId === id) && frame.method === undefined,
    );
  }

  /** The steps of a call so far. */
  steps(id: string): Array<{ id: string; seq: number; data: unknown }> {
    return this.frames
      .map((frame) =>
        frame?.method === 'relay.progress'
          ? frame.params
          : frame?.event === 'progress'
            ? frame.payload
            : undefined,
      )
      .filter((step) => step?.id === id);
  }

  private receive(text: string, isBinary: boolean): void {
    this.hasBinary ||= isBinary;
    this.largestBytes = Math.max(this.largestBytes, Buffer.byteLength(text));
    const frame = parsed(text);
    this.frames.push(frame);
    if (frame?.type === 'ping') this.send({ type: 'pong' });
    else if (frame?.method === 'relay.hello') this.answer(frame, this.hello());
    else if (frame?.method === 'relay.ping') this.answer(frame, { time: new Date().toISOString() });
    else if (frame?.method === 'relay.pending') this.answer(frame, { calls: this.relay.stillOwed() });
    this.relay.happened();
  }

  private answer({ id }: Frame, result: object): void {
    this.send({ jsonrpc: '2.0', type: 'res', id, ok: true, result });
  }

  private hello(): object {
    const { gatewayId, weather } = this.relay;
    const policy = { keepaliveMs: 240_000, maxConnectionMs: 7_200_000, reconnectAfterMs: 6_600_000 };
    return { protocol: 1, gatewayId, limits: doubleLimits, ...policy, ...weather.policy };
  }
}

/** A command as the relay posts it. */
export function commandFrame(id: string, method: string, params?: unknown, meta: object = {}): Frame {
  const deadline = new Date(Date.now() + 30_000).toISOString();
  return {
    jsonrpc: '2.0',
    type: 'req',
    id,
    method,
    ...(params === undefined ? {} : { params }),
    meta: { clientId: 'cl_kit', deadline, ...meta },
  };
}
