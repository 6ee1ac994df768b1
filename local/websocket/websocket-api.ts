import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Functions } from '../functions/functions';
import type { InvokeOutcome } from '../functions/invocation';
import type { MayInvoke } from '../functions/permissions';
import { sourceIpOf } from '../http/gateway-request';
import { readProxyResponse } from '../http/proxy-response';
import type { TokenBucket } from '../http/token-bucket';
import { ACCOUNT_ID, PARTITION, REGION } from '../template/attributes';
import type { Resolver } from '../types';
import { type Connection, type ConnectionIdentity, type Connections, newConnectionId } from './connections';
import { isHandshake, refuseHandshake } from './handshake';
import { connectEvent, disconnectEvent, messageEvent, type WebSocketEvent } from './websocket-event';
import type { WebSocketLimits } from './websocket-limits';
import type { WebSocketRoute } from './websocket-routes';
import { readWebSocketStage } from './websocket-stage';

/** Decides about a `$disconnect`: delivered now, never, or when the promise resolves. AWS promises no more than that. */
export type DisconnectDelivery = (connectionId: string) => 'deliver' | 'never' | Promise<void>;

/** What a route's function came to, within the integration's time. */
type RouteOutcome = InvokeOutcome | { kind: 'forbidden' } | { kind: 'integration-timeout' };

/** One stage of a WebSocket API of the template, served at `/<stage>` of the host's port. */
export class WebSocketApi {
  readonly apiId: string;
  readonly stage: string;
  /** Undefined delivers every `$disconnect` at once. */
  disconnectDelivery: DisconnectDelivery | undefined;
  readonly #connections: Connections;
  readonly #functions: Functions;
  readonly #mayInvoke: MayInvoke;
  readonly #routes: ReadonlyMap<string, WebSocketRoute>;
  readonly #select: (body: string) => WebSocketRoute | undefined;
  readonly #throttle: TokenBucket | undefined;
  readonly #server: WebSocketServer;
  readonly #chosenProtocols = new WeakMap<IncomingMessage, string>();
  readonly #disconnects = new Set<Promise<unknown>>();

  constructor(options: {
    resolver: Resolver;
    /** Logical id of the stage. */
    logicalId: string;
    properties: Record<string, unknown>;
    connections: Connections;
    functions: Functions;
    mayInvoke: MayInvoke;
    limits: WebSocketLimits;
    /** False lifts the stage's throttle. */
    throttle: boolean;
  }) {
    const stage = readWebSocketStage(options.resolver, options.logicalId, options.properties);
    this.apiId = stage.apiId;
    this.stage = stage.name;
    this.#routes = stage.routes;
    this.#select = stage.select;
    this.#throttle = options.throttle ? stage.throttle : undefined;
    this.#connections = options.connections;
    this.#functions = options.functions;
    this.#mayInvoke = options.mayInvoke;
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: options.limits.maxMessageBytes,
      handleProtocols: (_offered, request) => this.#chosenProtocols.get(request) ?? false,
    });
  }

  /**
   * Takes a handshake to its end: `$connect` runs first and may refuse it, with the status it returns. A failed
   * function gives 502, one that takes too long 504, one that API Gateway may not call 500.
   */
  async accept(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    // A peer that vanishes meanwhile must not end this process; what is left of the socket is looked at below.
    socket.on('error', () => {});
    if (!isHandshake(request)) {
      refuseHandshake(socket, 400);
      return;
    }
    const identity = this.#identify(request);
    const event = connectEvent(identity, request);
    const { requestId } = event.requestContext;
    if (this.#throttle && !this.#throttle.take()) {
      refuseHandshake(socket, 429, requestId);
      return;
    }
    const answer = await this.#runConnect(event);
    if (answer.status < 200 || answer.status > 299) {
      refuseHandshake(socket, answer.status, requestId);
      return;
    }
    if (!socket.readable || !socket.writable) {
      // The function believes in this connection: it hears of its end like that of any other.
      socket.destroy();
      this.#deliverDisconnect(identity, 1006, '');
      return;
    }
    if (answer.protocol !== undefined) this.#chosenProtocols.set(request, answer.protocol);
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#open(identity, webSocket, socket));
  }

  /** Resolves when no `$disconnect` is under way any more. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#disconnects);
  }

  #identify(request: IncomingMessage): ConnectionIdentity {
    return {
      connectionId: newConnectionId(),
      apiId: this.apiId,
      stage: this.stage,
      sourceIp: sourceIpOf(request),
      userAgent: request.headers['user-agent'],
      host: request.headers.host ?? 'localhost',
      connectedAt: new Date(),
    };
  }

  async #runConnect(event: WebSocketEvent): Promise<{ status: number; protocol?: string | undefined }> {
    const route = this.#routes.get('$connect');
    if (!route) return { status: 200 };
    const outcome = await this.#run(route, event);
    if (outcome.kind === 'integration-timeout') return { status: 504 };
    if (outcome.kind === 'function-error') return { status: 502 };
    if (outcome.kind !== 'ok') return { status: 500 };
    const answer = readProxyResponse(outcome.payload);
    if (!answer) return { status: 502 };
    const protocol = answer.headers['sec-websocket-protocol'];
    return { status: answer.status, protocol: protocol === undefined ? undefined : String(protocol) };
  }

  #open(identity: ConnectionIdentity, webSocket: WebSocket, socket: Duplex): void {
    const connection = this.#connections.add(identity, webSocket, (closed, code, reason) =>
      this.#deliverDisconnect(closed, code, reason),
    );
    this.#connections.watchFrames(connection, socket);
    webSocket.on('message', (data: Buffer, isBinary) => {
      if (connection.closing) return;
      connection.lastActiveAt = new Date();
      if (isBinary) this.#connections.close(connection, 1003, 'Binary frames are not supported');
      else void this.#receive(connection, data.toString());
    });
  }

  /** Messages of one connection run side by side, as on AWS: their order is not kept. */
  async #receive(connection: Connection, body: string): Promise<void> {
    this.#connections.witness?.received(connection.connectionId, body);
    const route = this.#select(body);
    const event = messageEvent(connection, route?.routeKey ?? '$default', body);
    const { requestId } = event.requestContext;
    const fail = (message: string) =>
      this.#send(connection, JSON.stringify({ message, connectionId: connection.connectionId, requestId }));
    if (!route) return fail('Forbidden');
    if (this.#throttle && !this.#throttle.take()) return fail('Too Many Requests');
    const outcome = await this.#run(route, event);
    if (outcome.kind === 'integration-timeout') return fail('Endpoint request timed out');
    if (outcome.kind !== 'ok') return fail('Internal server error');
    if (!route.responds) return;
    const answer = readProxyResponse(outcome.payload);
    if (!answer) return fail('Internal server error');
    if (answer.body) this.#send(connection, answer.body);
  }

  #send(connection: Connection, text: string): void {
    const { socket } = connection;
    if (socket.readyState === socket.OPEN) socket.send(text);
  }

  async #run(route: WebSocketRoute, event: WebSocketEvent): Promise<RouteOutcome> {
    const functionLogicalId = this.#functions.logicalIdOf(route.functionArn);
    const arn = `arn:${PARTITION}:execute-api:${REGION}:${ACCOUNT_ID}:${this.apiId}/${this.stage}/${route.routeKey}`;
    if (!this.#mayInvoke(arn, functionLogicalId)) return { kind: 'forbidden' };
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<RouteOutcome>((resolve) => {
      timer = setTimeout(() => resolve({ kind: 'integration-timeout' }), route.timeoutMs);
      timer.unref();
    });
    const outcome = await Promise.race([this.#functions.invoke(functionLogicalId, event), timeout]);
    clearTimeout(timer);
    return outcome;
  }

  #deliverDisconnect(connection: ConnectionIdentity, code: number, reason: string): void {
    const route = this.#routes.get('$disconnect');
    const delivery = this.disconnectDelivery?.(connection.connectionId) ?? 'deliver';
    if (!route || delivery === 'never') return;
    const event = disconnectEvent(connection, code, reason);
    const delivered: Promise<unknown> = (delivery === 'deliver' ? Promise.resolve() : delivery)
      .then(() => this.#run(route, event))
      .finally(() => this.#disconnects.delete(delivered));
    this.#disconnects.add(delivered);
  }
}
