/** A stand-in for OpenClaw's gateway. Every frame, either way, is judged by OpenClaw's own published schema. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv, { type ValidateFunction } from 'ajv';
import { type WebSocket, WebSocketServer } from 'ws';

// The package exports its code alone: the schema is read as the file that it is.
const file = join(__dirname, '../../../node_modules/@openclaw/gateway-protocol/protocol.schema.json');
const { definitions, methods } = JSON.parse(readFileSync(file, 'utf8')) as {
  definitions: Record<string, object>;
  methods: Record<string, { scope: string }>;
};

/** The scope that each method of OpenClaw asks for. */
export const scopeOf = new Map(Object.entries(methods).map(([name, { scope }]) => [name, scope]));

const ajv = new Ajv({ strict: false });
const compiled = new Map<string, ValidateFunction>();

/** What is wrong with a frame, or part of one, by OpenClaw's schema. */
function faultsOf(definition: string, value: unknown): string[] {
  const validate = compiled.get(definition) ?? ajv.compile({ ...definitions[definition], definitions });
  compiled.set(definition, validate);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message }) => `${definition}${instancePath} ${message}`,
  );
}

const paramsOf: Record<string, string> = {
  connect: 'ConnectParams',
  'chat.send': 'ChatSendParams',
  'chat.abort': 'ChatAbortParams',
  'chat.history': 'ChatHistoryParams',
  'agent.wait': 'AgentWaitParams',
};

interface Request {
  id: string;
  method: string;
  // biome-ignore lint/suspicious/noExplicitAny: params of every method
  params: any;
}

/** The gateway. */
export class OpenClawGateway {
  /** Where a frame was not OpenClaw's. */
  readonly faults: string[] = [];
  /** Every request after `connect`. */
  readonly asked: Request[] = [];
  /** The params of the last `connect`. */
  // biome-ignore lint/suspicious/noExplicitAny: what the client said
  connected: any;
  /** Runs that were started, by their key. */
  readonly runs = new Map<string, number>();
  /** What becomes of a run; the default answers with an echo. */
  onRun: ((request: Request, gateway: OpenClawGateway) => void) | undefined;
  private socket: WebSocket | undefined;
  private heard: Array<() => void> = [];

  private constructor(
    private readonly server: WebSocketServer,
    private readonly token: string,
  ) {}

  /** Listens on a port of its own, or on that of one before. */
  static async start(token: string, port = 0): Promise<OpenClawGateway> {
    const server = new WebSocketServer({ port, host: '127.0.0.1' });
    const gateway = new OpenClawGateway(server, token);
    server.on('connection', (socket) => gateway.admit(socket));
    await new Promise((resolve) => server.on('listening', resolve));
    return gateway;
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  /** Waits for a request. */
  async request(method: string): Promise<Request> {
    for (;;) {
      const found = this.asked.find((asked) => asked.method === method);
      if (found) return found;
      await new Promise<void>((resolve) => this.heard.push(resolve));
    }
  }

  /** Says what happens in a run. */
  chat(runId: string, seq: number, more: object): void {
    this.event('chat', { runId, sessionKey: 'main', seq, ...more }, 'ChatEvent');
  }

  event(event: string, payload: object, definition: string): void {
    this.faults.push(...faultsOf(definition, payload));
    this.send('EventFrame', { type: 'event', event, payload });
  }

  /** Ends it, as a crash would. */
  async stop(): Promise<void> {
    for (const socket of this.server.clients) socket.terminate();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private admit(socket: WebSocket): void {
    this.socket = socket;
    socket.on('message', (data) => this.hear(JSON.parse(String(data)) as Request));
    this.send('EventFrame', {
      type: 'event',
      event: 'connect.challenge',
      payload: { nonce: 'n', ts: Date.now() },
    });
  }

  private hear(request: Request): void {
    this.faults.push(...faultsOf('RequestFrame', request));
    const definition = paramsOf[request.method];
    if (definition) this.faults.push(...faultsOf(definition, request.params));
    if (request.method === 'connect') {
      this.connect(request);
      return;
    }
    this.asked.push(request);
    for (const wake of this.heard.splice(0)) wake();
    this.serve(request);
  }

  private connect({ id, params }: Request): void {
    this.connected = params;
    if (params.auth?.token !== this.token) {
      const error = {
        code: 'INVALID_REQUEST',
        message: 'unauthorized',
        details: { code: 'AUTH_TOKEN_MISMATCH' },
      };
      this.send('ResponseFrame', { type: 'res', id, ok: false, error });
      this.socket?.close(1008, 'unauthorized');
      return;
    }
    const payload = {
      type: 'hello-ok',
      protocol: 4,
      server: { version: '2026.9.6', connId: 'c1' },
      features: { methods: [...scopeOf.keys()], events: ['chat', 'agent'] },
      snapshot: { presence: [], health: {}, stateVersion: { presence: 0, health: 0 }, uptimeMs: 1 },
      auth: { role: 'operator', scopes: params.scopes },
      policy: { maxPayload: 8_000_000, maxBufferedBytes: 8_000_000, tickIntervalMs: 30_000 },
    };
    this.faults.push(...faultsOf('HelloOk', payload));
    this.send('ResponseFrame', { type: 'res', id, ok: true, payload });
  }

  private serve(request: Request): void {
    const { id, method, params } = request;
    const answer = (payload: unknown) => this.send('ResponseFrame', { type: 'res', id, ok: true, payload });
    if (method === 'chat.send') {
      const key = params.idempotencyKey as string;
      this.runs.set(key, (this.runs.get(key) ?? 0) + 1);
      answer({ runId: key, status: 'started' });
      if (this.onRun) this.onRun(request, this);
      else this.echo(key, params.message);
    } else if (method === 'config.schema') answer({ schema: 'x'.repeat(2_100_000) });
    else if (method === 'agent.wait') answer({ runId: params.runId, status: 'timeout' });
    else if (method === 'chat.history') answer({ messages: [] });
    else if (method === 'sessions.list') answer({ sessions: [{ key: 'main' }] });
    else if (method === 'health') answer({ ok: true });
    else if (method === 'chat.abort') answer({ ok: true });
    else {
      const error = { code: 'INVALID_REQUEST', message: `unknown method: ${method}` };
      this.send('ResponseFrame', { type: 'res', id, ok: false, error });
    }
  }

  private echo(runId: string, message: string): void {
    this.chat(runId, 0, { state: 'status', phase: 'starting_model' });
    const tool = { runId, seq: 1, stream: 'tool', ts: 1, data: { name: 'look' } };
    this.event('agent', tool, 'AgentEvent');
    for (const [n, deltaText] of [...message].entries())
      this.chat(runId, n + 1, { state: 'delta', deltaText });
    this.chat(runId, message.length + 1, {
      state: 'final',
      message: { role: 'assistant', content: message },
    });
  }

  private send(definition: string, frame: object): void {
    this.faults.push(...faultsOf(definition, frame));
    this.socket?.send(JSON.stringify(frame));
  }
}
