/** The WebSocket API: sockets of Apps, runtimes and viewers, their frames both ways, and their ends. */
import type { Functions } from './functions';
import type { Invocation } from './instance';
import type { Passage } from './ports';
import { drawMs, type Weather } from './probabilities';
import { Random, seedOf } from './random';
import type { Timeline } from './timeline';

/** The side of a socket that an App, a runtime or a viewer holds. */
export interface Peer {
  opened(socket: PeerSocket): void;
  /** With the status of the handshake. */
  refused(status: number): void;
  heard(frame: string, socket: PeerSocket): void;
  /** Not called for a socket that the peer itself closed or lost. */
  closed(socket: PeerSocket): void;
}

/** A socket as its peer has it. */
export interface PeerSocket {
  readonly connectionId: string;
  readonly isOpen: boolean;
  /** `onHandled` is told what the frame's invocation did. */
  send(frame: string, onHandled?: (invocation: Invocation) => void): void;
  /** From now on somebody else holds it. */
  handTo(peer: Peer): void;
  close(): void;
  /** The peer's network goes; the cloud learns of it later. */
  cut(): void;
}

interface Socket extends PeerSocket {
  peer: Peer;
  random: Random;
  /** As the cloud has it: it can be posted to only when it is open. */
  state: 'handshake' | 'open' | 'closed';
  peerHolds: boolean;
  upMs: number;
  downMs: number;
  connectedAtMs: number;
  frames: number;
}

/** How long the cloud takes for open what the peer has lost. */
const unnoticedMs = [500, 30_000] as const;

/** The WebSocket API and its management API. */
export class RelayFront {
  private readonly sockets = new Map<string, Socket>();

  constructor(
    private readonly timeline: Timeline,
    private readonly weather: Weather,
    private readonly functions: Functions,
    private readonly epochMs: number,
  ) {}

  /** Begins a handshake. */
  connect(peer: Peer, credential: string, seed: number, query: Record<string, string> = {}): void {
    const random = new Random(seed);
    const connectionId = `c${(seed >>> 0).toString(36)}-${this.sockets.size}`;
    const socket = this.socketOf(connectionId, peer, random);
    this.sockets.set(connectionId, socket);
    this.timeline.after(drawMs('network', random), () => {
      socket.connectedAtMs = Math.floor(this.epochMs + this.timeline.nowMs);
      const event = this.eventOf(socket, 'CONNECT', {
        headers: { authorization: `Bearer ${credential}` },
        queryStringParameters: query,
      });
      this.functions.invoke('socket', event, undefined, random, (result) => {
        const status = result.is === 'returned' ? (result.value as { statusCode: number }).statusCode : 500;
        const isIn = status === 200;
        socket.state = isIn ? 'open' : 'closed';
        this.timeline.after(drawMs('network', random), () => {
          if (!isIn) return peer.refused(status);
          socket.peerHolds = true;
          peer.opened(socket);
          if (socket.state === 'closed') this.tellClosed(socket);
        });
      });
    });
  }

  /** The management API: each effect in one moment. */
  readonly management = {
    post: (connectionId: string, frame: string, ...more: unknown[]): 'sent' | 'gone' => {
      const socket = this.sockets.get(connectionId);
      if (socket?.state !== 'open') return 'gone';
      this.deliver(socket, frame, more.at(-1) as Passage);
      return 'sent';
    },
    probe: (connectionId: string): 'open' | 'gone' =>
      this.sockets.get(connectionId)?.state === 'open' ? 'open' : 'gone',
    close: (connectionId: string): 'closed' | 'gone' => {
      const socket = this.sockets.get(connectionId);
      if (socket?.state !== 'open') return 'gone';
      this.end(socket);
      this.timeline.after(drawMs('network', socket.random), () => this.tellClosed(socket));
      return 'closed';
    },
  };

  /** Whether the cloud has a socket open. */
  isOpen(connectionId: string): boolean {
    return this.sockets.get(connectionId)?.state === 'open';
  }

  private socketOf(connectionId: string, peer: Peer, random: Random): Socket {
    const front = this;
    return {
      connectionId,
      peer,
      random,
      state: 'handshake',
      peerHolds: false,
      upMs: 0,
      downMs: 0,
      connectedAtMs: 0,
      frames: 0,
      get isOpen() {
        return this.peerHolds;
      },
      send(frame, onHandled) {
        if (this.peerHolds) front.sendUp(this, frame, onHandled);
      },
      handTo(other) {
        this.peer = other;
      },
      close() {
        if (!this.peerHolds) return;
        this.peerHolds = false;
        front.up(this, () => front.end(this));
      },
      cut() {
        if (!this.peerHolds) return;
        this.peerHolds = false;
        // What is on its way up is lost with the network.
        this.upMs = Number.POSITIVE_INFINITY;
        front.timeline.after(random.between(...unnoticedMs), () => front.end(this));
      },
    };
  }

  private sendUp(socket: Socket, frame: string, onHandled?: (invocation: Invocation) => void): void {
    const random = new Random(seedOf(Number.parseInt(socket.connectionId.slice(1), 36), ++socket.frames));
    this.up(socket, () => {
      if (socket.state !== 'open') return;
      const event = this.eventOf(socket, 'MESSAGE', { body: frame });
      this.functions.invoke('socket', event, undefined, random, (result, invocation) => {
        onHandled?.(invocation);
        if (result.is === 'returned') return;
        const said = { message: 'Internal server error', connectionId: socket.connectionId };
        if (socket.state === 'open') this.deliver(socket, JSON.stringify(said), undefined);
      });
    });
  }

  private up(socket: Socket, act: () => void): void {
    const { timeline } = this;
    socket.upMs = Math.max(socket.upMs, timeline.nowMs + drawMs('network', socket.random));
    const sentMs = socket.upMs;
    timeline.after(sentMs - timeline.nowMs, () => {
      if (socket.upMs !== Number.POSITIVE_INFINITY) act();
    });
  }

  private deliver(socket: Socket, frame: string, passage: Passage): void {
    if (passage === 'swallowed') return;
    const { timeline } = this;
    const arrive = () => {
      if (socket.peerHolds) socket.peer.heard(frame, socket);
    };
    if (passage === 'late') {
      timeline.after(socket.random.between(200, 4_000), arrive);
      return;
    }
    socket.downMs = Math.max(socket.downMs, timeline.nowMs + drawMs('network', socket.random));
    timeline.after(socket.downMs - timeline.nowMs, arrive);
    if (passage === 'doubled') timeline.after(socket.downMs - timeline.nowMs, arrive);
  }

  /** The cloud knows that the socket has ended, and tells the function so, if it does. */
  private end(socket: Socket): void {
    if (socket.state === 'closed') return;
    socket.state = 'closed';
    const fate = this.weather.draw('disconnect', socket.random);
    if (fate === 'never') return;
    const tell = () => {
      const event = this.eventOf(socket, 'DISCONNECT', {});
      const random = new Random(seedOf(Number.parseInt(socket.connectionId.slice(1), 36), ++socket.frames));
      this.functions.invoke('socket', event, undefined, random, () => {});
    };
    this.timeline.after(drawMs(fate === 'late' ? 'lateDisconnect' : 'disconnect', socket.random), tell);
    if (fate === 'twice') this.timeline.after(drawMs('lateDisconnect', socket.random), tell);
  }

  private tellClosed(socket: Socket): void {
    if (!socket.peerHolds) return;
    socket.peerHolds = false;
    socket.peer.closed(socket);
  }

  private eventOf({ connectionId, connectedAtMs, frames }: Socket, eventType: string, more: object): object {
    const requestId = `${connectionId}-${frames}`;
    return { requestContext: { eventType, connectionId, connectedAt: connectedAtMs, requestId }, ...more };
  }
}
