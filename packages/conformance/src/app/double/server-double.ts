/** A server of the kit's own, as an App meets one: in memory, with every request and frame remembered, and as unkind as a case wants it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { WebSocketServer } from 'ws';
import { Moments } from '../../wire/moments';
import { jsonOf } from '../../wire/parsed';
import type { Frame } from '../../wire/peer';
import { answerByHttp } from './answer-by-http';
import { AppSocket } from './app-socket';
import { CallsOfDouble } from './calls-of-double';
import { type Code, type ProblemDetails, type Refusal, refusal } from './refusals';

/** A request as it came. */
export interface SeenRequest {
  route: string;
  /** Path and query. */
  url: string;
  headers: Record<string, string | string[] | undefined>;
  credential: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: cases look into bodies of every shape
  body: any;
  atMs: number;
}

/** What becomes of a request instead of its answer: another one, or the connection is lost before or after it was heard. */
export type Instead = Refusal | 'lost-unheard' | 'lost-answer' | 'no-answer';

/** How the double differs from a server in fair weather. */
export interface Weather {
  /** Members of the answer to `relay.hello`. */
  policy?: object;
  /** What the next handshakes meet, in order; an empty list lets in. */
  handshakes?: Refusal[];
  /** Every handshake is refused: calls have to go by HTTP. */
  hasNoSockets?: boolean;
  /** What the next requests of a route meet, in order. */
  instead?: Array<{ route: RegExp; what: Instead[] }>;
  /** Problems that the next calls on a socket meet, unopened. */
  refusedCalls?: Array<{ code: Code; details?: ProblemDetails }>;
  /** Frames of the App that are lost on their way. */
  lostFrames?: (frame: Frame) => boolean;
  /** Answers over this size do not fit a socket: what comes there names the call, whose answer waits. */
  answersOverBytes?: number;
  /** Streams are cut after the step of this `seq`, once. */
  cutAfterSeq?: number;
}

/** One server with one gateway and one App. */
export class ServerDouble extends Moments {
  readonly requests: SeenRequest[] = [];
  readonly sockets: AppSocket[] = [];
  /** Every handshake, let in or not. */
  readonly handshakes: Array<{ url: string; credential: string | undefined; atMs: number }> = [];
  readonly calls = new CallsOfDouble(this);
  readonly gatewayId = `gw_${word()}`;
  readonly clientId = `cl_${word()}`;
  /** Empty once it is dead. */
  clientToken = `atc_${this.clientId}_${word()}${word()}${word()}`;
  readonly code = `AT-${group()}-${group()}-${group()}`;
  isCodeUsed = false;
  /** Tickets that were given and not used. */
  readonly tickets = new Set<string>();
  url = '';

  private constructor(
    private readonly server: Server,
    public weather: Weather,
  ) {
    super();
  }

  /** Starts one on a port of this machine. */
  static async start(weather: Weather = {}): Promise<ServerDouble> {
    const server = createServer();
    const double = new ServerDouble(server, weather);
    server.on('request', (request, response) => void double.hear(request, response));
    const upgrades = new WebSocketServer({ noServer: true });
    server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => {});
      const refused = double.admit(request);
      if (!refused) {
        upgrades.handleUpgrade(request, socket, head, (opened) => {
          double.sockets.push(new AppSocket(opened, double));
          double.happened();
        });
        return;
      }
      const { status, type, body } = refused;
      socket.end(`HTTP/1.1 ${status} No\r\ncontent-type: ${type}\r\nconnection: close\r\n\r\n${body}`);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    double.url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
    return double;
  }

  /** The newest socket that is open and has said hello, once there is one. */
  socket(): Promise<AppSocket> {
    return this.until(() =>
      this.sockets.filter(({ isOpen, asked }) => isOpen && asked('relay.hello').length > 0).at(-1),
    );
  }

  /** The requests of a route so far. */
  to(route: string | RegExp): SeenRequest[] {
    return this.requests.filter((seen) =>
      typeof route === 'string' ? seen.route === route : route.test(seen.route),
    );
  }

  /** The token of the App is dead from here on. */
  revoke(): void {
    this.clientToken = '';
  }

  /** What `relay.hello` is answered. */
  policy(): object {
    const times = { keepaliveMs: 240_000, maxConnectionMs: 7_200_000, reconnectAfterMs: 6_600_000 };
    const { gatewayId } = this;
    return { protocol: 1, gatewayId, connected: true, ...times, ...this.weather.policy };
  }

  /** Ends it and all its sockets. */
  async stop(): Promise<void> {
    for (const { socket } of this.sockets) socket.terminate();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private admit(request: IncomingMessage): Refusal | undefined {
    const url = new URL(request.url ?? '/', this.url);
    const credential = bearerOf(request);
    this.handshakes.push({ url: request.url ?? '/', credential, atMs: Date.now() });
    this.happened();
    if (this.weather.hasNoSockets) return refusal('not_found');
    const refused = this.weather.handshakes?.shift();
    if (refused) return refused;
    const isTicket = this.tickets.delete(url.searchParams.get('ticket') ?? '');
    if (isTicket && this.clientToken !== '') return undefined;
    return credential === this.clientToken && this.clientToken !== '' ? undefined : refusal('unauthorized');
  }

  private async hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? '/';
    const route = `${request.method} ${new URL(url, this.url).pathname}`;
    const body = jsonOf(await textOf(request).catch(() => ''));
    const { headers } = request;
    const seen = { route, url, headers, credential: bearerOf(request), body, atMs: Date.now() };
    this.requests.push(seen);
    const instead = this.weather.instead?.find((each) => each.route.test(route) && each.what.length > 0);
    const what = instead?.what.shift();
    if (typeof what === 'object') {
      response.writeHead(what.status, { 'content-type': what.type, ...what.headers }).end(what.body);
    } else if (what === 'lost-unheard') response.destroy();
    else if (what !== 'no-answer') {
      if (what === 'lost-answer') response.destroy();
      answerByHttp(this, seen, response);
    }
    this.happened();
  }
}

const word = () => Math.random().toString(36).slice(2, 12).padEnd(10, '0');
const group = () =>
  Array.from({ length: 4 }, () => '0123456789ABCDEFGHJKMNPQRSTVWXYZ'[Math.floor(Math.random() * 32)]).join(
    '',
  );
const bearerOf = ({ headers }: IncomingMessage) => /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];
