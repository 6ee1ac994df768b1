/** A runtime on the relay: its sockets one after the other, and the commands that come through them. */
import type { RuntimeCodec } from '../wire/codec';
import { Emitter } from '../wire/emitter';
import { type IdentityLost, RelayError, unreachable } from '../wire/errors';
import { ask, type Server, serverAt } from '../wire/http';
import type { Frame, Link } from '../wire/link';
import { type KeeperTimes, LinkKeeper, type Lost } from '../wire/link-keeper';
import type { RuntimeSeal, SealEvent } from '../wire/seal';
import { takesHeaders, type WebSocketClass, webSocketClass } from '../wire/socket';
import { Backoff, pause } from '../wire/time';
import { Commands } from './commands';
import { type CallContext, type Method, methodNotFound } from './handler';
import { type AccessCode, type Identity, identityLost, isLost } from './identity';
import { ServerClock } from './server-clock';

/** How a runtime serves. */
export interface RuntimeOptions {
  /** The methods it has, by name. */
  methods?: Record<string, Method>;
  /** Answers every method that `methods` does not have. */
  onCall?: (method: string, params: unknown, context: CallContext) => unknown;
  /** Features declared beside the library's own, `params-by-reference` and `pending`. */
  features?: string[];
  /**
   * The server knows the identity no more. What comes back, if anything, is served from then on: register anew here, and
   * show the new code. Without it the runtime ends.
   */
  onIdentityLost?: (error: IdentityLost) => Promise<Identity | undefined> | Identity | undefined;
  /** `new SealedRuntime()` of the entry `sealed`: Apps that type its code of sixteen characters are sealed. */
  seal?: RuntimeSeal;
  /** What travels differently for a client, where nothing is sealed. */
  codecFor?: (clientId: string) => RuntimeCodec | undefined;
  /** Default: the one of the world; on Node.js one that comes along. */
  WebSocket?: WebSocketClass;
  fetch?: typeof fetch;
  /** For tests and odd networks. */
  times?: Partial<KeeperTimes>;
}

/**
 * How it stands. `replaced`: the server closed its socket for newer ones of the same identity, so another process uses
 * it as well; it comes back after a long wait.
 */
export type RuntimeState = 'connecting' | 'connected' | 'replaced' | 'identity-lost' | 'closed';

/** What a runtime tells. */
export interface RuntimeEvents {
  state: RuntimeState;
  /** What no App is told: a method that threw, an answer that could not be delivered, a socket that failed. */
  warning: unknown;
  /** An App sealed its pairing, guessed wrong, or was refused because it had not. */
  seal: SealEvent;
}

/** What this library does by itself. */
const ownFeatures = ['params-by-reference', 'pending'];

/** Who takes the place of another that lives would be replaced by it in turn: not at once, then. */
const afterReplacedMs = 60_000;

/** Connects a runtime and keeps it connected. */
export function connect(identity: Identity, options: RuntimeOptions): Runtime {
  return new Runtime(identity, options);
}

/** A runtime that serves until it is closed. */
export class Runtime extends Emitter<RuntimeEvents> {
  /** Resolves when it has ended: with why, or undefined after `close`. */
  readonly ended: Promise<IdentityLost | undefined>;
  #identity: Identity;
  #state: RuntimeState = 'connecting';
  #lost: IdentityLost | undefined;
  #waiting: Array<() => void> = [];
  #asking = false;
  #asksAgain = false;
  readonly #server: Server;
  readonly #clock = new ServerClock();
  readonly #commands: Commands;
  readonly #keeper: LinkKeeper;

  constructor(
    identity: Identity,
    private readonly options: RuntimeOptions,
  ) {
    super();
    this.#identity = identity;
    this.#server = serverAt(identity.serverUrl, options.fetch);
    this.#commands = this.#commandsOf(options);
    this.#keeper = new LinkKeeper({
      times: options.times ?? {},
      target: () => this.#target(),
      hello: { features: [...ownFeatures, ...(options.features ?? [])] },
      onOpen: (link) => this.#greet(link),
      onFrame: (frame) => this.#hear(frame),
      onLost: (lost) => this.#judge(lost),
    });
    this.ended = this.#keeper.run().then(() => {
      this.#become(this.#lost ? 'identity-lost' : 'closed');
      return this.#lost;
    });
  }

  get state(): RuntimeState {
    return this.#state;
  }

  /** Who it is now. */
  get identity(): Identity {
    return this.#identity;
  }

  /** Resolves when it is connected; rejects when it has ended. */
  async connected(): Promise<void> {
    while (this.#state !== 'connected') {
      if (this.#lost) throw this.#lost;
      if (this.#state === 'closed') throw unreachable('The runtime was closed.');
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** A new code for an App; an earlier unused one dies. */
  async newCode(): Promise<AccessCode> {
    const credential = this.#identity.relaySecret;
    return await ask(this.#server, 'POST /api/relay/codes', { credential, body: {} });
  }

  /** Opens the next socket now, as it does by itself before a socket is too old. */
  handOver(): void {
    this.#keeper.renew();
  }

  /** Leaves. What runs is aborted; its Apps are told when the grace has passed. */
  async close(): Promise<void> {
    this.#keeper.stop();
    this.#commands.stop(unreachable('The runtime was closed.'));
    await this.ended;
  }

  #commandsOf({ methods = {}, onCall, codecFor, seal }: RuntimeOptions): Commands {
    const gatewayId = () => this.#identity.gatewayId;
    const tell = (event: SealEvent) => this.emit('seal', event);
    // What a stranger names is no key of an ordinary object.
    const known = new Map(Object.entries({ ...methods, ...seal?.methodsOf({ gatewayId, tell }) }));
    return new Commands({
      server: this.#server,
      clock: this.#clock,
      relaySecret: () => this.#identity.relaySecret,
      codecFor: (clientId) =>
        seal ? seal.codecOf({ gatewayId: gatewayId(), clientId }, tell) : codecFor?.(clientId),
      warn: (error) => this.emit('warning', error),
      send: (frame) => this.#keeper.link?.send(frame),
      onCall: (params, context) => {
        const method = known.get(context.method);
        if (method) return method(params, context);
        if (onCall) return onCall(context.method, params, context);
        throw methodNotFound(context.method);
      },
    });
  }

  async #target() {
    const Class = await webSocketClass(this.options.WebSocket);
    if (!Class) throw unreachable('There is no WebSocket here: pass one as the option WebSocket.');
    const { relayUrl, relaySecret } = this.#identity;
    const url = new URL(relayUrl);
    // A class without headers leaves the address, where the relay reads the secret and never logs it.
    if (!takesHeaders(Class)) url.searchParams.set('secret', relaySecret);
    return { Class, url: String(url), headers: { authorization: `Bearer ${relaySecret}` } };
  }

  #greet(link: Link): void {
    this.#become('connected');
    link.ask<{ time: string }>('relay.ping').then(
      ({ time }) => this.#clock.hear(time),
      () => link.close(),
    );
    this.#commands.repeatSteps();
    void this.#askPending();
  }

  #hear(frame: Frame): void {
    if (frame.type === 'req') this.#commands.take(frame);
    else if (frame.event === 'relay.cancel') this.#commands.cancel((frame.params as { id?: unknown })?.id);
    else if (frame.event === 'relay.pending') void this.#askPending();
    // A frame of ours was lost in the relay, and nobody says which: what is still owed tells.
    else if (frame.message !== undefined && frame.connectionId !== undefined) void this.#askPending();
    // A list that comes when nobody waits for it any more is as good as any: each command is taken once.
    else if (frame.type === 'res' && frame.ok)
      this.#takeAll((frame.result as { calls?: unknown } | null)?.calls);
    // The relay could not store a reply.
    else if (frame.type === 'res' && frame.ok === false) this.#commands.sayAgain(frame.id);
  }

  #takeAll(calls: unknown): void {
    if (Array.isArray(calls)) for (const command of calls as Frame[]) this.#commands.take(command);
  }

  /** Asks what is still owed, page by page; one asking at a time, and again where somebody wanted it meanwhile. */
  async #askPending(): Promise<void> {
    this.#asksAgain = true;
    if (this.#asking) return;
    this.#asking = true;
    const backoff = new Backoff(200, 5_000);
    for (let link = this.#keeper.link; link && this.#asksAgain; link = this.#keeper.link) {
      this.#asksAgain = false;
      let after: unknown;
      try {
        do {
          const page = await link.ask<{ calls: Frame[]; next?: unknown }>(
            'relay.pending',
            after === undefined ? {} : { after },
          );
          this.#takeAll(page.calls);
          after = page.next;
        } while (after !== undefined);
      } catch (error) {
        // A server that does not know the question is not asked again.
        if (error instanceof RelayError && error.code === -32601) break;
        // A relay that was slow, or failed, still has the list; a link that is dead is closed by its own signs of life.
        this.#asksAgain = true;
        await pause(backoff.next());
      }
    }
    this.#asking = false;
  }

  async #judge({ status, code, error }: Lost): Promise<'stop' | { afterMs: number }> {
    if (error !== undefined) this.emit('warning', error);
    if (!this.#keeper.link) this.#become(code === 4008 ? 'replaced' : 'connecting');
    if (code === 4008) return { afterMs: afterReplacedMs };
    // Which handshakes say 401 depends on the WebSocket, and a portal may say it too: only the server's own word counts.
    const mayBeLost =
      code === undefined ? status === undefined || status === 401 : code === 1000 || code === 4001;
    const { relaySecret, gatewayId } = this.#identity;
    if (!mayBeLost || !(await isLost(this.#server, relaySecret))) return { afterMs: 0 };
    const lost = identityLost(gatewayId);
    try {
      const next = await this.options.onIdentityLost?.(lost);
      if (next) this.#identity = next;
      else this.#lost = lost;
    } catch (failure) {
      this.emit('warning', failure);
      if (!(failure instanceof RelayError && failure.retryable)) this.#lost = lost;
    }
    return this.#lost ? 'stop' : { afterMs: 0 };
  }

  #become(state: RuntimeState): void {
    if (this.#state === state) return;
    this.#state = state;
    for (const wake of this.#waiting.splice(0)) wake();
    this.emit('state', state);
  }
}
