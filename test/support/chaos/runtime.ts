/**
 * A runtime as a careful author writes one: it comes back with jitter, takes each command once, keeps its answers and
 * sends them again when asked. It counts what reaches it.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { RandomSource } from '../../../local/aws/disturbance';
import type { Registered } from '../api';
import { type Frame, TestRuntime } from '../runtime';

/** How long an answer to `relay.pending` is waited for before it is asked again, in milliseconds. */
const pendingPatienceMs = 1_000;

/** A runtime and its books. */
export class ChaosRuntime {
  /** How often the relay posted a command, by the command's id. */
  readonly posted = new Map<string, number>();
  /** The ids of the commands that were executed, by the App's own id of the call. */
  readonly executed = new Map<string, string[]>();
  /** How often an answer was sent again because the relay still lacked it. */
  sentAgain = 0;
  private readonly opened: TestRuntime[] = [];
  private readonly answers = new Map<string, string | undefined>();
  private readonly unsent = new Set<string>();
  private arrived: Array<() => void> = [];
  private stopped = false;
  private asks = 0;
  private asking = false;
  private wantsPending = false;

  constructor(
    readonly registered: Registered,
    private readonly random: RandomSource,
  ) {}

  /** Connects, and again whenever the socket is lost, until `stop`. */
  async run(): Promise<void> {
    while (!this.stopped) {
      const socket = await this.open();
      if (!socket) {
        await pause(20 + this.random() * 200);
        continue;
      }
      while (this.current) await this.current.closed;
      if (!this.stopped) await pause(10 + this.random() * 300);
    }
  }

  /** Resolves when a socket is open. */
  async connected(): Promise<void> {
    while (!this.current) await new Promise<void>((resolve) => this.arrived.push(resolve));
  }

  /** Opens the next socket before it closes the one before, as a runtime should; `keep` leaves that one open. */
  async handOver(keep: boolean): Promise<void> {
    const earlier = this.current;
    const next = await this.open();
    if (next && earlier && !keep) await earlier.close();
  }

  /** Closes every socket for good. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const { socket } of this.opened) socket.close();
    await Promise.all(this.opened.map(({ closed }) => closed));
  }

  /** The newest socket that is open: an older one serves on when the newest is lost. */
  private get current(): TestRuntime | undefined {
    return this.opened.findLast(({ socket }) => socket.readyState === WebSocket.OPEN);
  }

  private async open(): Promise<TestRuntime | undefined> {
    try {
      const socket = await TestRuntime.connect(this.registered, (command) => {
        this.posted.set(command.id, (this.posted.get(command.id) ?? 0) + 1);
        this.take(command);
      });
      socket.socket.on('message', (data) => this.hear(JSON.parse(String(data))));
      this.opened.push(socket);
      if (this.stopped) socket.socket.close();
      for (const arrived of this.arrived.splice(0)) arrived();
      socket.send({ jsonrpc: '2.0', id: 'hello', method: 'relay.hello', params: { features: ['pending'] } });
      for (const id of [...this.unsent]) this.say(id);
      void this.askPending();
      return socket;
    } catch {
      return undefined; // Refused, or cut on the way: there will be another try.
    }
  }

  /** Asks what is owed; one asking at a time, and once more where somebody wanted it meanwhile. */
  private async askPending(): Promise<void> {
    this.wantsPending = true;
    if (this.asking) return;
    this.asking = true;
    while (this.wantsPending && this.current) {
      this.wantsPending = false;
      const isTold = await this.readPending(this.current);
      if (!isTold && !this.stopped) this.wantsPending = true;
    }
    this.asking = false;
  }

  /** Reads one page after the other. False when there was no answer. */
  private async readPending(socket: TestRuntime): Promise<boolean> {
    let after: string | undefined;
    do {
      const id = `pending-${++this.asks}`;
      const params = after === undefined ? {} : { after };
      socket.send({ jsonrpc: '2.0', id, method: 'relay.pending', params });
      const answer = await Promise.race([
        socket.frame((frame) => frame.id === id).catch(() => undefined),
        pause(pendingPatienceMs, undefined, { ref: false }),
      ]);
      if (!answer?.ok) return false;
      for (const command of answer.result.calls) this.take(command);
      after = answer.result.next;
    } while (after !== undefined);
    return true;
  }

  /** Executes a command that is new, and repeats the answer to one that is not. */
  private take(command: Frame): void {
    const { id } = command;
    if (this.answers.has(id)) {
      if (this.answers.get(id) !== undefined) this.sayAgain(id);
      return;
    }
    this.answers.set(id, undefined);
    const { params } = command;
    const earlier = this.executed.get(params.id) ?? [];
    this.executed.set(params.id, [...earlier, id]);
    void this.execute(id, params);
  }

  private async execute(id: string, params: Frame): Promise<void> {
    if (params.afterMs > 0) await pause(params.afterMs, undefined, { ref: false });
    if (params.say === 'nothing') return;
    const said = { id: params.id, app: params.app };
    const body =
      params.say === 'error' ? { error: { code: 'E_CHAOS', message: 'no', data: said } } : { result: said };
    this.answers.set(id, JSON.stringify({ jsonrpc: '2.0', id, ...body }));
    this.say(id);
  }

  /** Sends an answer on the newest socket; without one it waits for the next. */
  private say(id: string): void {
    const socket = this.current;
    socket?.send(this.answers.get(id)!);
    if (socket) this.unsent.delete(id);
    else this.unsent.add(id);
  }

  private sayAgain(id: string): void {
    this.sentAgain++;
    this.say(id);
  }

  private hear(frame: Frame): void {
    if (frame.type === 'event' && frame.event === 'relay.pending') void this.askPending();
    // API Gateway's own words for a function that failed: some answer may not have been taken.
    else if (frame.message === 'Internal server error') void this.askPending();
    else if (frame.type === 'res' && frame.ok === false && this.answers.get(frame.id))
      this.sayAgain(frame.id);
  }
}
