/** A runtime on the library, as its users run one, with books: what it was sent, and what it ran. */
import { type CallContext, connect, type Runtime, type RuntimeOptions } from 'agenttown-relay-client/runtime';
import { WebSocket } from 'ws';
import type { Registered } from './api';
import type { Frame } from './runtime';

/** Runtimes that are cut every second come back at once; what stays silent is given up soon. */
const times = { minBackoffMs: 20, maxBackoffMs: 250, patienceMs: 2_000 };

/** A runtime and its books. */
export class CountedRuntime {
  /** How often each command was posted, by its id. Answers to `relay.pending` are not posts. */
  readonly posted = new Map<string, number>();
  /** The ids of the commands it ran. */
  readonly ran: string[] = [];
  /** How often an answer was sent again because the relay still lacked it. */
  sentAgain = 0;
  readonly runtime: Runtime;
  private readonly answered = new Set<string>();
  private opened: Array<() => void> = [];

  constructor(
    readonly registered: Registered,
    work: (params: Frame, context: CallContext) => unknown,
    more: RuntimeOptions['times'] = {},
  ) {
    const { gatewayId, relayUrl, relaySecret } = registered;
    const serverUrl = process.env.PAIRING_URL ?? new URL(relayUrl).origin.replace(/^ws/, 'http');
    this.runtime = connect(
      { serverUrl, gatewayId, relayUrl, relaySecret },
      {
        WebSocket: countingClass(this),
        times: { ...times, ...more },
        onCall: (_, params, context) => {
          this.ran.push(context.id);
          return work(params, context);
        },
      },
    );
  }

  /** Resolves when a socket is open. */
  connected(): Promise<void> {
    return this.runtime.connected();
  }

  /** Opens a next socket, as a runtime does ahead of the age limit; the one before serves on for `drainMs`. Resolves when it is open. */
  async handOver(): Promise<void> {
    const isOpen = new Promise<void>((resolve) => this.opened.push(resolve));
    this.runtime.handOver();
    await Promise.race([isOpen, this.runtime.ended]);
  }

  /** Leaves for good. */
  stop(): Promise<void> {
    return this.runtime.close();
  }

  /** A socket of it is open. */
  open(): void {
    for (const resolve of this.opened.splice(0)) resolve();
  }

  /** A frame that came. */
  hear(frame: Frame): void {
    if (frame.type === 'req') this.posted.set(frame.id, (this.posted.get(frame.id) ?? 0) + 1);
  }

  /** A frame that left. */
  say(frame: Frame): void {
    if (frame.method !== undefined) return;
    if (this.answered.has(frame.id)) this.sentAgain += 1;
    this.answered.add(frame.id);
  }
}

/** `ws`, with an ear on what passes. */
function countingClass(books: CountedRuntime) {
  return class extends WebSocket {
    constructor(...parameters: ConstructorParameters<typeof WebSocket>) {
      super(...parameters);
      this.on('open', () => books.open());
      this.on('message', (data) => books.hear(JSON.parse(String(data))));
    }

    override send(text: Parameters<WebSocket['send']>[0]): void {
      books.say(JSON.parse(String(text)));
      super.send(text);
    }
  };
}
