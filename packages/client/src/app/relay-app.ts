/** An App that is paired with a runtime. */
import type { AppCodec } from '../wire/codec';
import { Emitter } from '../wire/emitter';
import { invalid, type Unauthorized } from '../wire/errors';
import { ask, type Server, serverAt } from '../wire/http';
import type { KeeperTimes } from '../wire/link-keeper';
import type { AppSeal, PlainCall, SealedPairing } from '../wire/seal';
import type { WebSocketClass } from '../wire/socket';
import { CallStream } from './call-stream';
import { Calls } from './calls';
import { type Asked, type CallOptions, newId, type Step } from './outgoing';
import { SocketWay } from './socket-way';

/** What an App keeps. `clientToken` speaks for it. */
export interface Credentials {
  serverUrl: string;
  gatewayId: string;
  clientId: string;
  clientToken: string;
  relayUrl: string;
  runtimeType?: string;
  displayName?: string;
  capabilities?: unknown;
  /** Where the pairing is sealed: the key that both ends have and the relay has not. */
  seal?: SealedPairing;
}

/** How an App calls. */
export interface AppOptions {
  /** `socket` (default): on a socket, by HTTP where none can be had. `http`: by HTTP alone. */
  way?: 'socket' | 'http';
  /** `sealApp()` of the entry `sealed`. A pairing that is sealed needs it: it is never opened without. */
  seal?: AppSeal;
  /** What travels differently, where it is not sealed. */
  codec?: AppCodec;
  /** Default: the one of the world; on Node.js one that comes along. */
  WebSocket?: WebSocketClass;
  fetch?: typeof fetch;
  /** For tests and odd networks. */
  times?: Partial<KeeperTimes>;
}

/** What the relay knows of the runtime. */
export interface RuntimeStatus {
  gatewayId: string;
  connected: boolean;
  connectedSince?: string;
  lastSeenAt?: string;
  runtimeType: string;
  displayName: string;
  capabilities: unknown;
}

/** What an App tells. */
export interface AppEvents {
  /** The runtime came or went. */
  presence: { connected: boolean };
  /** Whether the socket is open; calls go by HTTP while it is not. */
  socket: { open: boolean };
  /** The token is dead: pair anew. */
  unauthorized: Unauthorized;
}

/** Browsers tell when the network is back; where nobody tells, nothing is heard. */
const world: Partial<Pick<Window, 'addEventListener' | 'removeEventListener'>> = globalThis;

/** A call under way: its result, its id, and a way to end it. */
export type Call<Result> = Promise<Result> & { id: string; cancel(): void };

/** Opens a paired App. Nothing is sent before the first call, or `watch`. */
export function open(credentials: Credentials, options: AppOptions = {}): RelayApp {
  return new RelayApp(credentials, options);
}

/** A paired App. */
export class RelayApp extends Emitter<AppEvents> {
  readonly #server: Server;
  readonly #socket: SocketWay | undefined;
  readonly #calls: Calls;
  readonly #hurry = () => this.#socket?.hurry();
  #connected: boolean | undefined;

  constructor(
    readonly credentials: Credentials,
    { way, codec: given, seal, WebSocket, fetch, times = {} }: AppOptions,
  ) {
    super();
    const { seal: sealed, gatewayId, clientId } = credentials;
    if (sealed && !seal) throw invalid('seal', 'is needed: this pairing is sealed, and never speaks plainly');
    const codec = sealed ? seal?.codecOf(sealed, { gatewayId, clientId }, this.plainCall) : given;
    const server = serverAt(credentials.serverUrl, fetch);
    this.#server = server;
    const told = {
      onPresence: (connected: boolean) => this.#tellPresence(connected),
      onState: (open: boolean) => this.emit('socket', { open }),
      onUnauthorized: (error: Unauthorized) => this.emit('unauthorized', error),
    };
    const socket =
      way === 'http' ? undefined : new SocketWay({ server, credentials, WebSocket, times, ...told });
    this.#socket = socket;
    const tellCancelled = (id: string) => void this.cancel(id).catch(() => {});
    this.#calls = new Calls({ server, credentials, socket, codec, tellCancelled });
    world.addEventListener?.('online', this.#hurry);
  }

  /** How the pairing was sealed; undefined where it was not, and the relay reads what is said. */
  get sealed(): SealedPairing | undefined {
    return this.credentials.seal;
  }

  /** For the seal's own methods, which say nothing of a call: everything else goes through the codec. */
  protected readonly plainCall: PlainCall = (method, params) => {
    if (!method.startsWith('seal.')) throw invalid('method', 'is none of the seal');
    return this.#calls.begin({ method, params }, {}, undefined, null).result;
  };

  /** Calls a method of the runtime and gives its result. Throws a `RelayError`; `retry` in it says how to try again. */
  call<Result = unknown>(method: string, params?: unknown, options: CallOptions = {}): Call<Result> {
    const { result, ...rest } = this.#calls.begin<Result>({ method, params }, options, undefined);
    return Object.assign(result, rest);
  }

  /** Calls a method and gives its steps as they come. */
  stream<Result = unknown, Data = unknown>(method: string, params?: unknown, options: CallOptions = {}) {
    return this.#stream<Result, Data>({ method, params }, options);
  }

  /** Follows a call that was begun before, here or by an earlier run of the App, from after a step on. */
  follow<Result = unknown, Data = unknown>(
    id: string,
    options: Omit<CallOptions, 'id'> & { afterSeq?: number } = {},
  ) {
    return this.#stream<Result, Data>(undefined, { timeoutMs: 840_000, ...options, id });
  }

  /** Cancels a call by its id; gives its outcome: `cancelled`, unless it had ended before. */
  async cancel(id: string): Promise<string> {
    const route = `POST /api/relay/rpc/${encodeURIComponent(this.#calls.idOf(id))}/cancel`;
    return (await this.#ask<{ outcome: string }>(route, {})).outcome;
  }

  /** What the relay knows of the runtime. */
  async status(): Promise<RuntimeStatus> {
    const status = await this.#ask<RuntimeStatus>('GET /api/relay/status');
    this.#tellPresence(status.connected);
    return status;
  }

  /** Opens the socket now, so that `presence` is told before the first call. */
  watch(): void {
    this.#socket?.start();
  }

  /** Opens the next socket now, as it does by itself before a socket is too old. */
  handOver(): void {
    this.#socket?.handOver();
  }

  /** Gives the pairing up: the token is dead from here on. */
  async unpair(): Promise<void> {
    await this.#ask(`DELETE /api/relay/clients/${encodeURIComponent(this.credentials.clientId)}`);
    this.close();
  }

  /** Leaves. Calls that run go on at the runtime; `follow` finds them. */
  close(): void {
    this.#calls.close();
    this.#socket?.stop();
    world.removeEventListener?.('online', this.#hurry);
  }

  #ask<T>(route: string, body?: object): Promise<T> {
    return ask<T>(this.#server, route, { credential: this.credentials.clientToken, body });
  }

  #stream<Result, Data>(asked: Asked | undefined, options: CallOptions & { afterSeq?: number }) {
    const id = options.id ?? newId();
    let cancel = () => {};
    const start = (onStep: (step: Step) => void) => {
      const begun = this.#calls.begin<Result>(asked, { ...options, id }, onStep);
      cancel = begun.cancel;
      return begun.result;
    };
    return new CallStream<Result, Data>(id, start, () => cancel());
  }

  #tellPresence(connected: boolean): void {
    if (this.#connected === connected) return;
    this.#connected = connected;
    this.emit('presence', { connected });
  }
}
