import { randomBytes } from 'node:crypto';
import type { WebSocket } from 'ws';
import type { ConnectionsBackend, Witness } from '../types';
import { FrameWatch, type WebSocketLimits } from './websocket-limits';

/** What a connection is known by, from its handshake on. */
export interface ConnectionIdentity {
  connectionId: string;
  apiId: string;
  stage: string;
  sourceIp: string;
  userAgent: string | undefined;
  host: string;
  connectedAt: Date;
}

/** An open connection. */
export interface Connection extends ConnectionIdentity {
  lastActiveAt: Date;
  readonly socket: WebSocket;
  /** Set when this side closes: what `$disconnect` will report. */
  closing: { code: number; reason: string } | undefined;
}

/** An id like `L0SM9cOFvHcCIhw=`, as API Gateway draws them. */
export function newConnectionId(): string {
  return `${randomBytes(11).toString('base64url')}=`;
}

/** The open connections of every WebSocket API of this host; the management API works on them. */
export class Connections implements ConnectionsBackend {
  readonly #open = new Map<string, Connection>();
  readonly #limits: WebSocketLimits;

  constructor(
    limits: WebSocketLimits,
    /** Sees every frame. */
    readonly witness?: Witness,
  ) {
    this.#limits = limits;
  }

  /** Every open connection, oldest first. */
  list(): ConnectionIdentity[] {
    return [...this.#open.values()];
  }

  /** Registers a connection that is past its `$connect`, and holds it to the limits. */
  add(
    identity: ConnectionIdentity,
    socket: WebSocket,
    onClosed: (connection: Connection, code: number, reason: string) => void,
  ): Connection {
    const connection: Connection = {
      ...identity,
      socket,
      // Not `connectedAt`: a slow `$connect` is no idleness.
      lastActiveAt: new Date(),
      closing: undefined,
    };
    this.#open.set(identity.connectionId, connection);
    const timer = this.#watchAge(connection);
    const pings = setInterval(() => socket.readyState === socket.OPEN && socket.ping(), this.#limits.pingMs);
    pings.unref();
    socket.on('error', () => {}); // `close` follows, with all there is to know.
    socket.on('close', (code, reason) => {
      clearTimeout(timer.current);
      clearInterval(pings);
      this.#open.delete(identity.connectionId);
      this.witness?.gone(identity.connectionId);
      const { closing } = connection;
      onClosed(connection, closing?.code ?? code, closing?.reason ?? reason.toString());
    });
    return connection;
  }

  /** Applies the frame limit to what a client sends. To be called before `ws` has read anything. */
  watchFrames(connection: Connection, rawSocket: NodeJS.EventEmitter): void {
    const watch = new FrameWatch(this.#limits.maxFrameBytes);
    const onData = (chunk: Buffer): void => {
      if (watch.accept(chunk)) return;
      rawSocket.off('data', onData);
      this.close(connection, 1009, 'Frame too large');
    };
    rawSocket.prependListener('data', onData);
  }

  /** Closes a connection from this side. Messages that arrive from now on are dropped. */
  close(connection: Connection, code: number, reason: string): void {
    connection.closing ??= { code, reason };
    connection.socket.close(code, reason);
  }

  /** Breaks a connection without a closing handshake, as a network does. False when it is not open. */
  cut(connectionId: string): boolean {
    const connection = this.#open.get(connectionId);
    connection?.socket.terminate();
    return connection !== undefined;
  }

  /** Closes every connection with 1001, then breaks those that have not answered within `graceMs`. */
  async closeAll(graceMs: number): Promise<void> {
    const all = [...this.#open.values()];
    if (all.length === 0) return;
    const closed = all.map(({ socket }) => new Promise((resolve) => socket.once('close', resolve)));
    for (const connection of all) this.close(connection, 1001, 'Going away');
    const timer = setTimeout(() => {
      for (const { socket } of all) socket.terminate();
    }, graceMs);
    await Promise.all(closed);
    clearTimeout(timer);
  }

  async post(
    apiId: string,
    stage: string,
    connectionId: string,
    data: Buffer,
  ): Promise<'sent' | 'gone' | 'too-large' | 'busy'> {
    const connection = this.#find(apiId, stage, connectionId);
    if (!connection) return 'gone';
    if (data.length > this.#limits.maxMessageBytes) return 'too-large';
    if (connection.socket.bufferedAmount > this.#limits.maxWaitingBytes) return 'busy';
    connection.lastActiveAt = new Date();
    this.witness?.sent(connectionId, data.toString());
    connection.socket.send(data, { binary: false });
    return 'sent';
  }

  describe(apiId: string, stage: string, connectionId: string): ReturnType<ConnectionsBackend['describe']> {
    const connection = this.#find(apiId, stage, connectionId);
    if (!connection) return undefined;
    const { connectedAt, lastActiveAt, sourceIp, userAgent } = connection;
    return { connectedAt, lastActiveAt, sourceIp, userAgent: userAgent ?? '' };
  }

  disconnect(apiId: string, stage: string, connectionId: string): 'closed' | 'gone' {
    const connection = this.#find(apiId, stage, connectionId);
    if (!connection) return 'gone';
    this.close(connection, 1000, 'Connection Closed Normally');
    return 'closed';
  }

  #find(apiId: string, stage: string, connectionId: string): Connection | undefined {
    const connection = this.#open.get(connectionId);
    if (!connection || connection.apiId !== apiId || connection.stage !== stage) return undefined;
    return connection.socket.readyState === connection.socket.OPEN ? connection : undefined;
  }

  /** One timer per connection for both limits: it looks again when the connection could first be idle or old. */
  #watchAge(connection: Connection): { current: NodeJS.Timeout | undefined } {
    const timer: { current: NodeJS.Timeout | undefined } = { current: undefined };
    const oldAt = connection.connectedAt.getTime() + this.#limits.ageMs;
    const check = (): void => {
      const now = Date.now();
      const idleAt = connection.lastActiveAt.getTime() + this.#limits.idleMs;
      if (now >= Math.min(idleAt, oldAt)) this.close(connection, 1001, 'Going away');
      else {
        timer.current = setTimeout(check, Math.min(idleAt, oldAt) - now);
        timer.current.unref();
      }
    };
    check();
    return timer;
  }
}
