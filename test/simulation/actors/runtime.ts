/**
 * A runtime as a careful author writes one: it comes back after a pause, takes each command once, keeps its answers, sends
 * them again when asked, and asks what it owes whenever it may have missed something.
 */
import type { Books } from '../oracle/books';
import type { RuntimeIntention } from '../plan';
import { Random, seedOf } from '../world/random';
import type { Peer, PeerSocket } from '../world/relay-front';
import type { World } from '../world/world';
import { Ghost } from './ghost';
import type { Tenant } from './town';

interface Frame {
  id: string;
  type?: string;
  ok?: boolean;
  method?: string;
  event?: string;
  message?: string;
  params?: { id?: string; app?: number; say?: string; afterMs?: number; steps?: number; seal?: unknown };
  meta?: { clientId?: string; paramsUrl?: string };
  result?: { calls?: Frame[]; next?: string };
}

/** How long it waits for an answer to `relay.pending`. */
const pendingPatienceMs = 1_500;

/** When it asks again after a fault of the relay: what was young then is listed by now. */
const askAgainMs = 1_200;

/** A runtime. */
export class Runtime implements Peer {
  /** Its answers by the command's id; undefined while it works. */
  private readonly answers = new Map<string, string | undefined>();
  /** The calls of commands. */
  private readonly calls = new Map<string, string>();
  private readonly unsent = new Set<string>();
  private readonly open: PeerSocket[] = [];
  private readonly random: Random;
  private readonly seed: number;
  private connecting = 0;
  private connects = 0;
  private asks = 0;
  private awayUntilMs = 0;
  private stopped = false;
  private askedPending: string | undefined;
  private mayOweMore = false;

  constructor(
    private readonly world: World,
    private readonly books: Books,
    readonly tenant: Tenant,
  ) {
    this.seed = seedOf(world.seed, `runtime ${tenant.number}`);
    this.random = new Random(this.seed);
  }

  /** Whether it has a socket, as far as it knows. */
  get isConnected(): boolean {
    return this.open.length > 0;
  }

  /** Connects, once it is not to be away any more. */
  connect(): void {
    if (this.stopped || this.connecting > 0) return;
    const waitMs = this.awayUntilMs - this.world.timeline.nowMs;
    if (waitMs > 0) this.world.timeline.after(waitMs + 1, () => this.connectIfAway());
    else this.openAnother();
  }

  private connectIfAway(): void {
    if (!this.isConnected) this.connect();
  }

  private openAnother(): void {
    this.connecting++;
    this.tell('connects');
    this.world.relay.connect(this, this.tenant.secret, seedOf(this.seed, ++this.connects), {
      gatewayId: this.tenant.gatewayId,
    });
  }

  /** Does what is intended, or suffers it. */
  act({ does, awayMs }: RuntimeIntention): void {
    this.tell(does);
    const { timeline } = this.world;
    const newest = this.open.at(-1);
    if (does === 'close' || does === 'cut') {
      this.awayUntilMs = timeline.nowMs + awayMs;
      this.books.lose(this.tenant.number);
      for (const socket of this.open.splice(0)) does === 'cut' ? socket.cut() : socket.close();
      this.see();
      this.connect();
    } else if (does === 'hand-over' || does === 'keep-both') {
      this.openAnother();
      if (does === 'hand-over' && newest)
        timeline.after(this.random.between(50, 900), () => this.drop(newest));
    } else if (does === 'ask-pending') this.askPending();
    else this.hello();
  }

  /** The secret was rotated: somebody else holds the old sockets, and the runtime comes with the new secret. */
  rotated(n: number): void {
    const sockets = this.open.splice(0);
    this.see();
    this.books.lose(this.tenant.number);
    const owed = [...this.answers].filter(([, answer]) => answer === undefined).map(([id]) => id);
    if (sockets.length > 0)
      new Ghost(this.world, this.books, `ghost ${this.tenant.number}.${n}`, sockets, owed);
    this.tell('comes with a new secret');
    this.connect();
  }

  /** Sends any frame. */
  say(frame: string, onHandled?: Parameters<PeerSocket['send']>[1]): void {
    this.open.at(-1)?.send(frame, onHandled);
  }

  /** Closes for good. */
  stop(): void {
    this.stopped = true;
    for (const socket of this.open.splice(0)) socket.close();
    this.see();
  }

  opened(socket: PeerSocket): void {
    this.connecting--;
    if (this.stopped || this.world.timeline.nowMs < this.awayUntilMs) {
      socket.close();
      if (!this.stopped) this.connect();
      return;
    }
    this.open.push(socket);
    this.see();
    this.askedPending = undefined;
    this.hello();
    for (const id of [...this.unsent]) this.repeat(id);
    this.askPending();
  }

  refused(status: number): void {
    this.connecting--;
    this.tell(`is refused with ${status}`);
    this.world.timeline.after(this.random.between(20, 400), () => this.connectIfAway());
  }

  closed(socket: PeerSocket): void {
    this.tell('is closed');
    this.forget(socket);
  }

  heard(text: string): void {
    const frame = JSON.parse(text) as Frame;
    if (frame.type === 'req') this.take(frame);
    else if (frame.event === 'relay.pending') this.askPending();
    else if (frame.message === 'Internal server error') {
      this.askPending();
      // A call that is younger than half a second is owed as well, and not listed yet.
      this.world.timeline.after(askAgainMs, () => this.askPending());
    } else if (frame.type === 'res' && frame.id === this.askedPending) this.readPending(frame);
    else if (frame.type === 'res' && frame.ok === false && this.answers.get(frame.id)) this.repeat(frame.id);
  }

  private see(): void {
    this.books.see(this.tenant.number, this.isConnected);
  }

  private drop(socket: PeerSocket): void {
    socket.close();
    this.forget(socket);
  }

  private forget(socket: PeerSocket): void {
    this.books.lose(this.tenant.number);
    const at = this.open.indexOf(socket);
    if (at >= 0) this.open.splice(at, 1);
    this.see();
    this.world.timeline.after(this.random.between(10, 300), () => this.connectIfAway());
  }

  private hello(): void {
    this.send({ jsonrpc: '2.0', id: 'hello', method: 'relay.hello', params: { features: ['pending'] } });
  }

  /** One question at a time: whatever calls for another while one is under way is met by one more after it. */
  private askPending(after?: string): void {
    if (!this.isConnected || this.stopped) return;
    if (this.askedPending !== undefined) {
      this.mayOweMore = true;
      return;
    }
    const id = `pending-${++this.asks}`;
    this.askedPending = id;
    this.send({ jsonrpc: '2.0', id, method: 'relay.pending', params: after === undefined ? {} : { after } });
    this.world.timeline.after(pendingPatienceMs, () => {
      if (this.askedPending !== id) return;
      this.askedPending = undefined;
      this.askPending(after);
    });
  }

  private readPending({ ok, result }: Frame): void {
    this.askedPending = undefined;
    for (const command of result?.calls ?? []) this.take(command);
    const isMore = !ok || this.mayOweMore;
    this.mayOweMore = false;
    if (isMore) this.askPending();
    else if (result?.next !== undefined) this.askPending(result.next);
  }

  /** Takes up a command that is new, and repeats the answer to one that is not. */
  private take({ id, params = {}, meta }: Frame): void {
    this.tenant.commanded(id, params, meta?.clientId);
    if (this.answers.has(id)) {
      if (this.answers.get(id) !== undefined) this.repeat(id);
      return;
    }
    this.answers.set(id, undefined);
    const book = this.books.calls.get(params.id ?? '');
    if (!book) {
      this.books.breach('tenants', `The runtime got a command ${id} that no App gave.`);
      return;
    }
    this.calls.set(id, book.id);
    book.executed.push({ frameId: id, atMs: this.world.timeline.nowMs });
    if (this.world.trace.on) this.tell(`executes ${params.id} as ${id}`);
    const { steps = 0, afterMs = 0 } = params;
    for (let seq = 0; seq < steps; seq++) {
      const data = `${params.id} step ${seq} of ${id}`;
      this.world.timeline.after((afterMs * (seq + 1)) / (steps + 1), () => {
        book.reported.push(data);
        this.send({ jsonrpc: '2.0', method: 'relay.progress', params: { id, seq, data } });
      });
    }
    this.world.timeline.after(afterMs, () => {
      if (params.seal === undefined) this.answer(id, params, book);
      else
        void this.tenant.sealing
          .answer(params.seal, meta?.clientId)
          .then((seal) => this.answer(id, params, book, seal));
    });
  }

  private answer(
    id: string,
    params: NonNullable<Frame['params']>,
    book: { said: Array<object> },
    seal?: unknown,
  ): void {
    if (params.say === 'nothing') return;
    const value = { id: params.id, app: params.app, by: id, ...(seal === undefined ? {} : { seal }) };
    const isError = params.say === 'error';
    const body = isError ? { error: { code: 'E_SAID', message: 'no', data: value } } : { result: value };
    book.said.push({
      frameId: id,
      atMs: this.world.timeline.nowMs,
      text: JSON.stringify(body),
      hadSocket: this.isConnected,
    });
    const meta = { steps: params.steps ?? 0 };
    this.answers.set(id, JSON.stringify({ jsonrpc: '2.0', id, ...body, meta }));
    if (params.say === 'posted') void this.post(id);
    else this.repeat(id);
  }

  private repeat(id: string): void {
    if (this.isConnected) {
      if (this.world.trace.on) this.tell(`answers ${id}`);
      this.open.at(-1)!.send(this.answers.get(id)!);
      const book = this.books.calls.get(this.calls.get(id) ?? '');
      if (book) book.replies++;
      this.unsent.delete(id);
    } else this.unsent.add(id);
  }

  /** Large answers go by HTTP; a fault is tried again. */
  private async post(id: string): Promise<void> {
    const random = new Random(seedOf(this.seed, id));
    for (let tries = 0; tries < 5; tries++) {
      const { answer } = this.world.rest.send(
        {
          route: 'POST /api/relay/replies/{id}',
          params: { id },
          credential: this.tenant.secret,
          body: this.answers.get(id)!,
        },
        new Random(seedOf(this.seed, `${id} ${tries}`)),
      );
      const { status, broken } = await answer;
      if (!broken && status < 500) return;
      await this.world.timeline.sleep(random.between(20, 300));
    }
  }

  private send(frame: object): void {
    this.open.at(-1)?.send(JSON.stringify(frame));
  }

  private tell(what: string): void {
    this.world.trace.tell(`runtime ${this.tenant.number}`, what);
  }
}
