import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type WebSocket, WebSocketServer } from 'ws';
import type { MonitorEvent } from '../../../web/monitor/model/monitor-event';

/** The built page and the header it is served with. */
export interface BuiltPage {
  readonly html: string;
  readonly csp: string;
}

/** Builds the monitor page as the deployment does: `node web/build.mjs <directory>`. */
export async function buildPage(): Promise<BuiltPage> {
  const directory = await mkdtemp(join(tmpdir(), 'monitor-page-'));
  try {
    const script = join(__dirname, '../../../web/build.mjs');
    await promisify(execFile)(process.execPath, [script, directory]);
    const read = (name: string) => readFile(join(directory, name), 'utf8');
    return { html: await read('monitor.html'), csp: await read('monitor-csp.txt') };
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** How the stub treats viewers: a token it wants, nobody, or everybody. */
export type StubAccess = { readonly token: string } | { readonly refuse: string } | 'open';

/**
 * A stand-in for the server's monitor: it serves the page under `/prod/monitor` and events from memory. It can
 * stop and start again on the same port, and forget, as a server does.
 */
export class MonitorStub {
  /** Oldest first. */
  events: MonitorEvent[] = [];
  /** Every request but those for the page: method, path with query, and the headers that matter. */
  readonly requests: { url: string; authorization: string | undefined; lastEventId: string | undefined }[] =
    [];
  #server: Server | undefined;
  #port = 0;
  readonly #streams = new Set<ServerResponse>();
  readonly #sockets = new Set<WebSocket>();
  readonly #upgrades = new WebSocketServer({ noServer: true });
  /** What somebody between the page and the server lets through. */
  passes = { sockets: true, streams: true };

  constructor(
    readonly page: BuiltPage,
    public access: StubAccess,
  ) {}

  /** Where the page is. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}/prod/monitor`;
  }

  /** How many streams and sockets are open. */
  get connections(): { streams: number; sockets: number } {
    return { streams: this.#streams.size, sockets: this.#sockets.size };
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => this.#answer(request, response));
    this.#server = server;
    server.on('upgrade', (request, socket, head) => {
      if (!this.passes.sockets || !request.url?.includes('?ticket=atv_')) {
        socket.destroy();
        return;
      }
      this.#upgrades.handleUpgrade(request, socket, head, (opened) => {
        this.#sockets.add(opened);
        opened.on('message', () => opened.send('{"type":"pong"}'));
        opened.on('close', () => this.#sockets.delete(opened));
      });
    });
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Closes every connection, as a server that dies. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.terminate();
    await new Promise<void>((resolve) => {
      if (!server) return resolve();
      server.close(() => resolve());
      server.closeAllConnections();
    });
    this.#streams.clear();
  }

  /** Adds events and sends them to whoever listens. */
  emit(...events: readonly MonitorEvent[]): void {
    this.events.push(...events);
    for (const stream of this.#streams) for (const event of events) stream.write(frameOf(event));
    for (let from = 0; from < events.length; from += 50) {
      const params = { events: events.slice(from, from + 50) };
      const frame = JSON.stringify({ type: 'event', event: 'monitor', method: 'monitor', params });
      for (const socket of this.#sockets) socket.send(frame);
    }
  }

  /** Ends streams and sockets as the server does when they are old. */
  endConnections(): void {
    for (const stream of this.#streams) stream.end(': bye\n\n');
    for (const socket of this.#sockets) socket.close(1001);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.url);
    if (url.pathname === '/prod/monitor') {
      response.writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': this.page.csp,
      });
      response.end(this.page.html);
      return;
    }
    const { authorization } = request.headers;
    const lastEventId = request.headers['last-event-id'] as string | undefined;
    this.requests.push({ url: url.pathname + url.search, authorization, lastEventId });
    if (!this.#admits(authorization)) this.#refuse(response);
    else if (url.pathname === '/prod/api/monitor/events') this.#sendPage(url, response);
    else if (url.pathname === '/prod/api/monitor/stream') this.#openStream(lastEventId, response);
    else if (url.pathname === '/prod/api/monitor/tickets') this.#sendTicket(response);
    else response.writeHead(404).end();
  }

  #admits(authorization: string | undefined): boolean {
    if (this.access === 'open') return true;
    return 'token' in this.access && authorization === `Bearer ${this.access.token}`;
  }

  #refuse(response: ServerResponse): void {
    const closed =
      typeof this.access === 'object' && 'refuse' in this.access ? this.access.refuse : undefined;
    const status = closed ? 403 : 401;
    response.writeHead(status, { 'content-type': 'application/problem+json' });
    response.end(
      JSON.stringify({ status, detail: closed ?? 'The monitor needs the registration token as a bearer.' }),
    );
  }

  #sendPage(url: URL, response: ServerResponse): void {
    const limit = Number(url.searchParams.get('limit') ?? 100);
    const before = url.searchParams.get('before');
    const older = before ? this.events.filter((event) => event.id < before) : this.events;
    const events = older.slice(-limit);
    const nextBefore = older.length > events.length ? events[0]?.id : undefined;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ events, nextBefore }));
  }

  #sendTicket(response: ServerResponse): void {
    response.writeHead(201, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ url: `ws://127.0.0.1:${this.#port}/relay?ticket=atv_${'x'.repeat(43)}` }));
  }

  #openStream(lastEventId: string | undefined, response: ServerResponse): void {
    if (!this.passes.streams) return void response.writeHead(502).end();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('retry: 1000\n\n: hello\n\n');
    this.#streams.add(response);
    response.on('close', () => this.#streams.delete(response));
    if (lastEventId === undefined) return;
    for (const event of this.events) if (event.id > lastEventId) response.write(frameOf(event));
  }
}

function frameOf(event: MonitorEvent): string {
  return `id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`;
}
