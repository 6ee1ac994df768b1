import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Admission, admit, refusePage } from './admission';
import { Answers, type GivenAnswer } from './answers';
import type { Edge } from './edge/edge';
import type { RestApi } from './rest/rest-api';
import { apiHost } from './template/attributes';
import type { Witness } from './types';
import { refuseHandshake } from './websocket/handshake';
import type { WebSocketApi } from './websocket/websocket-api';

/** Request line and headers together: 10,240 bytes (quota of REST APIs). Node answers 431 above it. */
const MAX_HEADER_BYTES = 10_240;

/** Connections that wait to be taken while the process is busy: beyond it the kernel resets some. */
const BACKLOG = 4_096;

/** The APIs that a port serves. */
export interface ServedApis {
  rest: RestApi | undefined;
  webSockets: WebSocketApi[];
  /** Stands in front of both where the template has a distribution. */
  edge: Edge | undefined;
}

/** What a port serves once it is ready. */
export type Served = ServedApis & { admission: Admission; witness?: Witness | undefined };

/** The host's one port, for HTTP and WebSockets. */
export interface FrontServer {
  port: number;
  /** Stops accepting; requests under way go on, and their callers are told to connect anew. */
  close(): void;
  /** Resolves when every request has its answer, but for event streams, or after `ms`. */
  answered(ms: number): Promise<void>;
  /** Breaks every HTTP connection that is still open. */
  breakAll(): void;
}

/**
 * Listens on a port. Requests that come before the APIs are ready wait for them. Throws one clear sentence where the
 * port cannot be had. What fails in here is logged, and answered with 500.
 */
export async function listen(
  host: string,
  port: number,
  served: Promise<Served>,
  log: (line: string) => void,
  onAnswer?: (answer: GivenAnswer) => void,
): Promise<FrontServer> {
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES, keepAlive: true, keepAliveTimeout: 60_000 });
  const answers = new Answers(onAnswer);
  server.on('request', (request, response) => {
    answers.follow(response);
    void serve(served, request, response, log);
  });
  server.on('upgrade', (request, socket, head) => void upgrade(served, request, socket, head, log));
  await bind(server, host, port);
  return {
    port: (server.address() as AddressInfo).port,
    answered: (ms) => answers.settled(ms),
    close: () => {
      answers.endConnections();
      server.close();
      server.closeIdleConnections();
    },
    breakAll: () => server.closeAllConnections(),
  };
}

function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reasons: Record<string, string> = {
        EADDRINUSE: `Port ${port} on ${host} is in use: stop what listens there, or choose another with --port.`,
        EACCES: `This user may not listen on port ${port}: choose one above 1023 with --port.`,
        EADDRNOTAVAIL: `This machine has no address ${host}: choose another with --host.`,
        ENOTFOUND: `This machine has no address ${host}: choose another with --host.`,
      };
      reject(new Error(reasons[error.code ?? ''] ?? `Cannot listen on ${host}:${port}: ${error.message}`));
    });
    server.listen({ port, host, backlog: BACKLOG }, resolve);
  });
}

async function serve(
  served: Promise<Served>,
  request: IncomingMessage,
  response: ServerResponse,
  log: (line: string) => void,
) {
  try {
    const { rest, edge, admission, witness } = await served;
    if (admit(request, admission) === 'foreign-page') return refusePage(response);
    if (witness?.take(request, response)) return;
    witness?.asked(request, response);
    const taken = await edge?.take(request);
    if (taken?.kind === 'answered') response.writeHead(taken.status, taken.headers).end(taken.body);
    else if (taken && !(rest && toStageRoot(request, taken.host, rest))) {
      // A WebSocket API answers a request without an upgrade so; a REST API knows nothing outside of its stage.
      response.writeHead(rest && taken.host === apiHost(rest.apiId) ? 403 : 426).end();
    } else if (rest) {
      if (taken?.kind === 'forwarded') taken.watch(response);
      await rest.handle(request, response);
    } else response.writeHead(404).end();
  } catch (error) {
    // A template that this host cannot carry out, found late: as loud as it can be without taking the process along.
    log(failureOf(error));
    if (response.headersSent) response.destroy();
    else response.writeHead(500).end(`The local host failed: ${(error as Error).message}\n`);
  }
}

/** Takes the stage off the path of a request that came to the REST API's own name; false for any other request. */
function toStageRoot(request: IncomingMessage, host: string, { apiId, stage }: RestApi): boolean {
  const [, rest] = new RegExp(`^/${stage.name}(?=[/?]|$)(.*)$`, 's').exec(request.url ?? '') ?? [];
  if (host !== apiHost(apiId) || rest === undefined) return false;
  request.url = rest.startsWith('/') ? rest : `/${rest}`;
  return true;
}

/** A WebSocket stage answers at its name and nowhere below it: 403, as on AWS. */
async function upgrade(
  served: Promise<Served>,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  log: (line: string) => void,
) {
  socket.on('error', () => {});
  try {
    const { webSockets, edge, admission, witness } = await served;
    if (admit(request, admission) === 'foreign-page') return refuseHandshake(socket, 403);
    witness?.asked(request);
    const taken = await edge?.take(request);
    if (taken?.kind === 'answered') return refuseHandshake(socket, taken.status);
    const path = request.url?.split('?')[0];
    const api = webSockets.find(
      ({ apiId, stage }) => path === `/${stage}` && (!taken || taken.host === apiHost(apiId)),
    );
    if (api) await api.accept(request, socket, head);
    else refuseHandshake(socket, 403);
  } catch (error) {
    log(failureOf(error));
    refuseHandshake(socket, 500);
  }
}

function failureOf(error: unknown): string {
  return `The local host failed: ${(error as Error).stack ?? error}`;
}
