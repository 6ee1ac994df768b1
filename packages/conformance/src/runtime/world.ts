/** What a case of a runtime has: the runtime that all share, or one of its own. */
import { broken } from '../harness/expect';
import { NotTried } from '../harness/not-tried';
import type { Frame } from '../wire/peer';
import type { RelayDouble, Weather } from './relay-double';
import type { RelaySocket } from './relay-socket';
import { type LaunchRuntime, type Running, startRuntime } from './runtime-under-test';

/** What all cases of a run share. */
export class RuntimeRun {
  private running: Promise<Pick<Running, 'relay' | 'stop'>> | undefined;

  constructor(
    private readonly first: () => Promise<Pick<Running, 'relay' | 'stop'>>,
    /** Starts others; absent where somebody else starts the one that is judged. */
    readonly launch: LaunchRuntime | undefined,
  ) {}

  /** Of something that the kit starts. */
  static of(launch: LaunchRuntime): RuntimeRun {
    return new RuntimeRun(() => startRuntime(launch), launch);
  }

  /** Of a runtime that comes by itself to a relay that waits for it. */
  static at(relay: RelayDouble): RuntimeRun {
    return new RuntimeRun(async () => ({ relay, stop: () => relay.stop() }), undefined);
  }

  /** The shared one; its socket stays. */
  shared(): Promise<Pick<Running, 'relay' | 'stop'>> {
    this.running ??= this.first();
    return this.running;
  }

  /** Ends it. */
  async end(): Promise<void> {
    await (await this.running)?.stop();
  }
}

/** The world of one case. */
export class RuntimeWorld {
  private readonly own: Running[] = [];

  constructor(private readonly run: RuntimeRun) {}

  /** A runtime of one's own. */
  async start(weather: Weather = {}): Promise<Running> {
    const { launch } = this.run;
    if (!launch) throw new NotTried('it takes a runtime that the kit starts: --exec');
    const running = await startRuntime(launch, weather);
    this.own.push(running);
    return running;
  }

  /** The shared runtime's relay, whether it has come or not. */
  async relay(): Promise<RelayDouble> {
    return (await this.run.shared()).relay;
  }

  /** The shared runtime's relay and socket. */
  async shared(): Promise<{ relay: RelayDouble; socket: RelaySocket }> {
    const relay = await this.relay();
    return { relay, socket: await relay.socket() };
  }

  /** Sends a command to the shared runtime and gives its reply, by whichever way it came. */
  async call(method: string, params?: unknown): Promise<Frame> {
    const { relay, socket } = await this.shared();
    return replyTo(relay, socket.command(method, params));
  }

  /** Takes away what the case started. */
  async end(): Promise<void> {
    await Promise.all(this.own.map((running) => running.stop()));
  }
}

/** All replies to a command so far, on any socket and by HTTP. */
export function repliesTo(relay: RelayDouble, id: string): Frame[] {
  const byHttp = relay.requests.filter(({ route }) => route === `POST /api/relay/replies/${id}`);
  return [...relay.sockets.flatMap((socket) => socket.replies(id)), ...byHttp.map(({ body }) => body)];
}

/** The first reply to a command, once it is there. */
export function replyTo(relay: RelayDouble, id: string): Promise<Frame> {
  return relay.until(() => repliesTo(relay, id)[0]);
}

/** The result of a reply in any of its forms. */
export function resultOf(reply: Frame): unknown {
  if (reply?.error) broken(`a reply with an error: ${JSON.stringify(reply.error)}`);
  return 'result' in reply ? reply.result : reply.payload;
}
