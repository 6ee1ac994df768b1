/** A server of the kit's own, as an App meets one: in memory, with every request and frame remembered, and as unkind as a case wants it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import type { WebSocket } from 'ws';
import { bearerOf, Double } from '../../harness/double';
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
export class ServerDouble extends Double<AppSocket> {
  readonly requests: SeenRequest[] = [];
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

  private constructor(public weather: Weather) {
    super();
  }

  /** Starts one on a port of this machine. */
  static async start(weather: Weather = {}): Promise<ServerDouble> {
    const double = new ServerDouble(weather);
    await double.listen();
    return double;
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

  protected admit(request: IncomingMessage): Refusal | undefined {
    const url = new URL(request.url ?? '/', this.url);
    const credential = bearerOf(request);
    this.handshakes.push({ url: request.url ?? '/', credential, atMs: Date.now() });
    if (this.weather.hasNoSockets) return refusal('not_found');
    const refused = this.weather.handshakes?.shift();
    if (refused) return refused;
    const isTicket = this.tickets.delete(url.searchParams.get('ticket') ?? '');
    if (isTicket && this.clientToken !== '') return undefined;
    return credential === this.clientToken && this.clientToken !== '' ? undefined : refusal('unauthorized');
  }

  protected open(socket: WebSocket): AppSocket {
    return new AppSocket(socket, this);
  }

  protected async hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
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
