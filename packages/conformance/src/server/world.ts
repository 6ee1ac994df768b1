/** What a case of a server has: a stranger's way to it, and households that are gone when the case has ended. */
import { broken } from '../harness/expect';
import { unheeded } from '../harness/unheeded';
import { EventStream } from '../wire/event-stream';
import { type Answer, type Ask, exchange } from '../wire/http';
import { type Frame, type OnCommand, Peer, type PeerOptions } from '../wire/peer';
import { type App, answers, type Gateway, type Household } from './household';
import type { ServerUnderTest } from './server-under-test';

let serial = 0;

/** How the kit's runtimes register. */
export const kitRuntime = {
  runtimeType: 'kit',
  displayName: 'Conformance kit',
  capabilities: ['echo'],
};

/** The world of one case. */
export class ServerWorld {
  /** The address that its requests come from, where it has one of its own. */
  readonly from: string | undefined;
  private readonly peers: Peer[] = [];
  private readonly streams: EventStream[] = [];
  private readonly gateways: Gateway[] = [];
  private readonly codes: string[] = [];

  constructor(readonly server: ServerUnderTest) {
    this.from = server.sources.next();
  }

  /** A name that no other case has. */
  name(word = 'kit'): string {
    return `${word}-${++serial}-${Math.random().toString(36).slice(2, 8)}`;
  }

  /** One request. */
  ask(route: string, ask: Ask = {}): Promise<Answer> {
    return unheeded(exchange(this.server.url, route, { from: this.from, ...ask }));
  }

  /** A request that counts as a failure of its source. */
  async guess(route: string, ask: Ask = {}): Promise<Answer> {
    await this.server.sources.spend('failure');
    return this.ask(route, ask);
  }

  /** A request that registers or leaves a descriptor, or tries to. */
  async enrol(route: string, ask: Ask = {}): Promise<Answer> {
    await this.server.sources.spend('registration');
    const answer = await this.ask(route, { credential: this.server.token, ...ask });
    if (answer.body?.relaySecret) this.gateways.push(answer.body);
    return answer;
  }

  /** Registers a runtime. */
  async register(more: object = {}): Promise<Gateway> {
    const body = { ...kitRuntime, ...more };
    const { status, body: gateway, text } = await this.enrol('POST /api/relay/register', { body });
    if (status !== 201) broken(`a registration was answered with ${status}: ${text}`);
    return gateway;
  }

  /** Pairs an App. */
  async redeem(accessCode: string, label?: string): Promise<App> {
    const body = { accessCode, ...(label === undefined ? {} : { label }) };
    const answer = await this.ask('POST /api/relay/redeem', { body });
    if (answer.status !== 200) broken(`a redeem was answered with ${answer.status}: ${answer.text}`);
    return answer.body;
  }

  /** A fresh code of a gateway. */
  async newCode({ relaySecret }: Pick<Gateway, 'relaySecret'>): Promise<string> {
    const { body } = await this.ask('POST /api/relay/codes', { credential: relaySecret, body: {} });
    return body?.accessCode ?? broken('no code was given');
  }

  /** Takes over an identity, so that it is gone in the end. */
  adopt(gateway: Gateway): void {
    this.gateways.push(gateway);
  }

  /** Leaves a descriptor; whatever waits is taken away in the end. */
  leave(pairingCode: string, descriptor: object, more: Ask = {}): Promise<Answer> {
    this.codes.push(pairingCode);
    const body = { type: 'agenttown.runtime_pairing.v1', pairingCode, descriptor };
    return this.enrol('POST /api/runtime-pairings', { body, ...more });
  }

  /** Opens a socket. */
  async peer(url: string, options: PeerOptions = {}): Promise<Peer> {
    const peer = await Peer.connect(url, { from: this.from, ...options });
    this.peers.push(peer);
    return peer;
  }

  /** A runtime on its socket. */
  runtime({ relayUrl, relaySecret }: Gateway, onCommand: OnCommand = answers): Promise<Peer> {
    return this.peer(relayUrl, { credential: relaySecret, onCommand });
  }

  /** An App on a socket. */
  appSocket({ gateway, app }: Pick<Household, 'gateway' | 'app'>): Promise<Peer> {
    return this.peer(gateway.relayUrl, { credential: app.clientToken });
  }

  /** A runtime, connected, and its App. */
  async household(onCommand: OnCommand = answers, registered?: Gateway): Promise<Household> {
    const gateway = registered ?? (await this.register());
    const [runtime, app] = await Promise.all([
      this.runtime(gateway, onCommand),
      this.redeem(gateway.accessCode),
    ]);
    return { gateway, runtime, app };
  }

  /** A household that many cases use side by side: nothing of it may be ended. */
  shared(): Promise<Household> {
    return this.server.shared(() => this.server.keeper().household(answers, this.server.first));
  }

  /** Calls the runtime. */
  call(app: App, body: object, more: Ask = {}): Promise<Answer> {
    return this.ask('POST /api/relay/rpc', {
      credential: app.clientToken,
      body: { gatewayId: app.gatewayId, ...body },
      ...more,
    });
  }

  /** Asks for a call by its id. */
  look(app: App, id: string): Promise<Answer> {
    return this.ask(`GET /api/relay/rpc/${id}`, { credential: app.clientToken });
  }

  /** Cancels a call. */
  cancel(app: App, id: string): Promise<Answer> {
    return this.ask(`POST /api/relay/rpc/${id}/cancel`, { credential: app.clientToken, body: {} });
  }

  /** Calls the runtime and follows. */
  follow(app: App, body: object, more: Ask = {}): Promise<EventStream> {
    return this.stream('POST /api/relay/rpc', {
      credential: app.clientToken,
      body: { gatewayId: app.gatewayId, ...body },
      ...more,
    });
  }

  /** Goes on with a call that was followed. */
  resume(app: App, id: string, lastEventId?: string | number): Promise<EventStream> {
    const headers = lastEventId === undefined ? {} : { 'last-event-id': String(lastEventId) };
    return this.stream(`GET /api/relay/rpc/${id}`, { credential: app.clientToken, headers });
  }

  /** Opens any stream. */
  async stream(route: string, ask: Ask): Promise<EventStream> {
    const [method, path] = route.split(' ') as [string, string];
    const stream = await EventStream.open(this.server.url + path, method, { from: this.from, ...ask });
    this.streams.push(stream);
    return stream;
  }

  /** Sends a request on an App's socket and gives the answer. */
  onSocket(socket: Peer, id: unknown, method: string, more: object = {}): Promise<Frame> {
    socket.send({ jsonrpc: '2.0', id, method, ...more });
    return socket.frame({ id: (found) => Object.is(found, id), type: 'res' });
  }

  /** Takes away what the case made. */
  async end(): Promise<void> {
    for (const stream of this.streams) {
      stream.abandon();
      stream.drop();
    }
    for (const peer of this.peers) {
      peer.abandon();
      peer.socket.terminate();
    }
    const removals = [...new Map(this.gateways.map((each) => [each.relaySecret, each])).keys()].map(
      (credential) => this.ask('DELETE /api/relay/gateway', { credential }),
    );
    const takings = this.codes.map((pairingCode) =>
      exchange(this.server.url, 'POST /api/runtime-pairings/redeem', {
        body: { pairingCode },
        from: this.server.sources.next(),
      }),
    );
    await Promise.allSettled([...removals, ...(this.server.sources.areMany ? takings : [])]);
  }
}
