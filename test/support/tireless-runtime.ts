/**
 * A runtime that comes back whenever its socket breaks, asks what it still owes, and takes each command once by its id.
 * What it does with a command is up to the test; what it was sent and what it ran is counted.
 */
import { WebSocket } from 'ws';
import type { Registered } from './api';
import type { Frame } from './runtime';

/** What a command came to: an answer, or `undefined` for silence. */
export type Work = (command: Frame, runtime: TirelessRuntime) => Promise<object | undefined>;

/** A runtime that never gives up. */
export class TirelessRuntime {
  /** How often each command was posted, by its id. Answers to `relay.pending` are not posts. */
  readonly posted = new Map<string, number>();
  /** The ids of the commands it ran. */
  readonly ran: string[] = [];
  private readonly owed = new Map<string, string>();
  private socket: WebSocket | undefined;
  private stopped = false;
  private changed: Array<() => void> = [];

  constructor(
    readonly registered: Registered,
    private readonly work: Work,
    private readonly options: { overlapMs?: number; reconnectMs?: () => number } = {},
  ) {
    void this.run();
  }

  /** Resolves when a socket is open. */
  async connected(): Promise<void> {
    while (this.socket?.readyState !== WebSocket.OPEN)
      await new Promise<void>((resolve) => this.changed.push(resolve));
  }

  /** Opens a next socket before it closes the one it has, as a runtime does ahead of the age limit. */
  async handOver(): Promise<void> {
    const old = this.socket;
    await this.open();
    setTimeout(() => old?.close(), this.options.overlapMs ?? 500).unref();
  }

  /** Leaves for good. */
  stop(): void {
    this.stopped = true;
    this.socket?.close();
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      const socket = await this.open().catch(() => undefined);
      if (socket) {
        // A newer socket may have taken over meanwhile: that one is then waited for.
        while (this.socket?.readyState === WebSocket.OPEN)
          await new Promise((resolve) => this.socket!.once('close', resolve));
      }
      await new Promise((resolve) => setTimeout(resolve, this.options.reconnectMs?.() ?? 20));
    }
  }

  private open(): Promise<WebSocket> {
    const { relayUrl, relaySecret } = this.registered;
    const socket = new WebSocket(relayUrl, { headers: { authorization: `Bearer ${relaySecret}` } });
    socket.on('message', (data) => this.receive(JSON.parse(String(data))));
    return new Promise((resolve, reject) => {
      socket.on('error', reject);
      socket.on('open', () => {
        this.socket = socket;
        for (const wake of this.changed.splice(0)) wake();
        this.ask('relay.hello', { features: ['pending'] });
        this.ask('relay.pending');
        for (const frame of this.owed.values()) socket.send(frame);
        resolve(socket);
      });
    });
  }

  private ask(method: string, params?: object): void {
    const id = method;
    if (this.socket?.readyState === WebSocket.OPEN)
      this.socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
  }

  private receive(frame: Frame): void {
    if (frame.type === 'req') {
      this.posted.set(frame.id, (this.posted.get(frame.id) ?? 0) + 1);
      void this.take(frame);
    }
    if (frame.event === 'relay.pending') this.ask('relay.pending');
    if (frame.id === 'relay.pending' && frame.result) {
      for (const command of frame.result.calls) void this.take(command);
      if (frame.result.next) this.ask('relay.pending', { after: frame.result.next });
    }
    // A frame was lost on the way in, and nobody says which: all that may be it.
    if (frame.message !== undefined && frame.connectionId !== undefined) {
      this.ask('relay.pending');
      for (const owed of this.owed.values()) this.socket?.send(owed);
    }
    // The relay could not store a reply: it is sent again.
    if (frame.ok === false && this.owed.has(frame.id)) this.socket?.send(this.owed.get(frame.id)!);
  }

  private async take(command: Frame): Promise<void> {
    if (this.ran.includes(command.id)) return;
    this.ran.push(command.id);
    const answer = await this.work(command, this);
    if (!answer) return;
    const frame = JSON.stringify({ jsonrpc: '2.0', id: command.id, ...answer });
    this.owed.set(command.id, frame);
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(frame);
    // A reply may die with its socket; a second one of the same call does no harm.
    setTimeout(() => this.owed.delete(command.id), 3_000).unref();
  }
}
