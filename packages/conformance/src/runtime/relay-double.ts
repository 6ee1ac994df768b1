/** A relay of the kit's own, as a runtime meets one: in memory, with every request and frame remembered, and as unkind as a case wants it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import type { WebSocket } from 'ws';
import { bearerOf, Double, type Refused } from '../harness/double';
import { jsonOf } from '../wire/parsed';
import { RelaySocket } from './relay-socket';
import { code, doubleLimits, problem, problemOf } from './words-of-double';

/** The registration token that it wants. */
export const doubleToken = 'registration-token-of-the-kit';

/** A request as it came. */
export interface SeenRequest {
  route: string;
  credential: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: cases look into bodies of every shape
  body: any;
}

/** How it differs from a relay in fair weather. */
export interface Weather {
  /** Members of the answer to `relay.hello`. */
  policy?: object;
  /** The status and body of the next handshakes, in order; an empty list lets in. */
  handshakes?: Refused[];
  /** How many replies by HTTP meet a 500. */
  failingReplies?: number;
}

/** One relay with one gateway. */
export class RelayDouble extends Double<RelaySocket> {
  readonly requests: SeenRequest[] = [];
  /** When each handshake came, let in or not. */
  readonly handshakesAtMs: number[] = [];
  /** Where each of them went. */
  readonly addresses: URL[] = [];
  /** Commands that `relay.pending` tells of though no socket was posted them. */
  owed: object[] = [];
  /** Commands that were posted, by their ids. */
  readonly posted = new Map<string, object>();
  /** Params that are fetched, by the command's id. */
  readonly params = new Map<string, unknown>();
  gatewayId = '';
  relaySecret = '';
  private serial = 0;

  private constructor(public weather: Weather) {
    super();
  }

  /** Starts one on a port of this machine, or where a URL says. */
  static async start(weather: Weather = {}, at?: string): Promise<RelayDouble> {
    const relay = new RelayDouble(weather);
    await relay.listen(at);
    return relay;
  }

  /** A registration, made or to come. */
  async registration(count = 1): Promise<SeenRequest> {
    return this.until(
      () => this.requests.filter(({ route }) => route === 'POST /api/relay/register')[count - 1],
    );
  }

  /** The commands without a reply, as the relay tells them. */
  stillOwed(): object[] {
    const isAnswered = (id: string) =>
      this.sockets.some((socket) => socket.replies(id).length > 0) ||
      this.requests.some(({ route }) => route === `POST /api/relay/replies/${id}`);
    return [...this.owed, ...[...this.posted].filter(([id]) => !isAnswered(id)).map(([, frame]) => frame)];
  }

  /** Nobody knows the identity any more. */
  forget(): void {
    this.relaySecret = '';
  }

  private knows(request: IncomingMessage): boolean {
    const secret = bearerOf(request) ?? new URL(request.url ?? '/', this.url).searchParams.get('secret');
    return this.relaySecret !== '' && secret === this.relaySecret;
  }

  protected admit(request: IncomingMessage): Refused | undefined {
    this.handshakesAtMs.push(Date.now());
    this.addresses.push(new URL(request.url ?? '/', this.url));
    return this.weather.handshakes?.shift() ?? (this.knows(request) ? undefined : problem(401));
  }

  protected open(socket: WebSocket): RelaySocket {
    return new RelaySocket(socket, this);
  }

  protected async hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', this.url).pathname;
    const body = jsonOf(await textOf(request));
    this.requests.push({ route: `${request.method} ${path}`, credential: bearerOf(request), body });
    const [status, answer] = this.answerTo(`${request.method} ${path}`, bearerOf(request), body);
    const type = status >= 400 ? 'application/problem+json' : 'application/json';
    response.writeHead(status, { 'content-type': type, 'x-request-id': String(++this.serial) });
    response.end(answer === undefined ? '' : JSON.stringify(answer));
    this.happened();
  }

  private answerTo(
    route: string,
    credential: string | undefined,
    body: SeenRequest['body'],
  ): [number, unknown] {
    if (route === 'POST /api/relay/register') return this.register(credential, body);
    if (credential !== this.relaySecret || credential === '') return [401, problemOf(401)];
    const { gatewayId } = this;
    const id = route.split('/')[4] ?? '';
    if (route === 'GET /api/relay/status')
      return [200, { gatewayId, connected: true, runtimeType: 'kit', displayName: 'kit', capabilities: [] }];
    if (route === 'POST /api/relay/codes') return [201, { gatewayId, ...code() }];
    if (route === 'GET /api/relay/clients') return [200, { clients: [] }];
    if (route.startsWith('POST /api/relay/replies/')) {
      if ((this.weather.failingReplies ?? 0) > 0) {
        this.weather.failingReplies!--;
        return [500, problemOf(500)];
      }
      return [202, { id, outcome: 'accepted' }];
    }
    if (/^GET \/api\/relay\/rpc\/[^/]+\/params$/.test(route) && this.params.has(id))
      return [200, this.params.get(id)];
    return [404, problemOf(404)];
  }

  private register(credential: string | undefined, body: SeenRequest['body']): [number, unknown] {
    if (credential !== doubleToken) return [401, problemOf(401)];
    const isAgain = body?.gatewayId !== undefined;
    if (isAgain && (body.relaySecret !== this.relaySecret || body.gatewayId !== this.gatewayId))
      return [401, problemOf(401)];
    if (!isAgain) {
      this.gatewayId = `gw_${Math.random().toString(36).slice(2).padEnd(16, '0')}`;
      this.relaySecret = `ats_${Array.from({ length: 6 }, () => Math.random().toString(36).slice(2, 12).padEnd(10, '0')).join('')}`;
    }
    const { gatewayId, relaySecret } = this;
    const relayUrl = `${this.url.replace('http', 'ws')}/relay/${gatewayId}?gatewayId=${gatewayId}`;
    return [isAgain ? 200 : 201, { gatewayId, relaySecret, ...code(), relayUrl, limits: doubleLimits }];
  }
}
