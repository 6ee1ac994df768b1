/** A relay of the kit's own, as a runtime meets one: in memory, with every request and frame remembered, and as unkind as a case wants it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { WebSocketServer } from 'ws';
import { Moments } from '../wire/moments';
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
  handshakes?: Array<{ status: number; type: string; body: string }>;
  /** How many replies by HTTP meet a 500. */
  failingReplies?: number;
}

/** One relay with one gateway. */
export class RelayDouble extends Moments {
  readonly requests: SeenRequest[] = [];
  /** Every socket so far, the oldest first. */
  readonly sockets: RelaySocket[] = [];
  /** When each handshake came, let in or not. */
  readonly handshakesAtMs: number[] = [];
  /** Commands that `relay.pending` tells of though no socket was posted them. */
  owed: object[] = [];
  /** Commands that were posted, by their ids. */
  readonly posted = new Map<string, object>();
  /** Params that are fetched, by the command's id. */
  readonly params = new Map<string, unknown>();
  gatewayId = '';
  relaySecret = '';
  url = '';
  private serial = 0;

  private constructor(
    private readonly server: Server,
    public weather: Weather,
  ) {
    super();
  }

  /** Starts one on a port of this machine, or where a URL says. */
  static async start(weather: Weather = {}, at?: string): Promise<RelayDouble> {
    const server = createServer();
    const relay = new RelayDouble(server, weather);
    server.on('request', (request, response) => void relay.answer(request, response));
    const upgrades = new WebSocketServer({ noServer: true });
    server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => {});
      relay.handshakesAtMs.push(Date.now());
      const refused = relay.weather.handshakes?.shift() ?? (relay.knows(request) ? undefined : problem(401));
      relay.happened();
      if (refused) {
        socket.end(
          `HTTP/1.1 ${refused.status} No\r\ncontent-type: ${refused.type}\r\nconnection: close\r\n\r\n${refused.body}`,
        );
        return;
      }
      upgrades.handleUpgrade(request, socket, head, (opened) => {
        relay.sockets.push(new RelaySocket(opened, relay));
        relay.happened();
      });
    });
    const { hostname, port } = new URL(at ?? 'http://127.0.0.1:0');
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(Number(port || 80), hostname.replace(/^\[(.*)\]$/, '$1'), resolve);
    });
    relay.url = `http://${hostname}:${(server.address() as { port: number }).port}`;
    return relay;
  }

  /** The newest socket that is open, once there is one that has said hello. */
  async socket(): Promise<RelaySocket> {
    return this.until(() =>
      this.sockets.filter(({ isOpen, asked }) => isOpen && asked('relay.hello').length > 0).at(-1),
    );
  }

  /** A registration, made or to come. */
  async registration(count = 1): Promise<SeenRequest> {
    return this.until(
      () => this.requests.filter(({ route }) => route === 'POST /api/relay/register')[count - 1],
    );
  }

  /** Ends it and all its sockets. */
  async stop(): Promise<void> {
    for (const { socket } of this.sockets) socket.terminate();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
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

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
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

const bearerOf = ({ headers }: IncomingMessage) => /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];
