/** A runtime that answers at once and Apps that are paired with it, made for a check and gone after it. */
import { WebSocket } from 'ws';
import { Failure } from '../failure';
import type { Target } from './look';

/** A paired App. */
export interface App {
  gatewayId: string;
  clientToken: string;
}

interface Frame {
  type?: string;
  id?: string;
  method?: string;
  params?: unknown;
  meta?: { id?: string };
}

/** How long an answer may take before the check goes on without it, in milliseconds. */
const patienceMs = 30_000;

/** One party. */
export class Party {
  readonly app: App;
  private readonly sockets: WebSocket[] = [];
  private readonly steps = new Set<NodeJS.Timeout>();

  private constructor(
    private readonly target: Target,
    readonly gateway: { gatewayId: string; relaySecret: string; relayUrl: string },
    app: App,
  ) {
    this.app = app;
  }

  /** Registers a runtime, connects it and pairs an App. Throws a sentence where nobody is let in. */
  static async open(target: Target): Promise<Party> {
    const registered = await ask(target, 'POST /api/relay/register', target.token, {
      runtimeType: 'check',
      displayName: 'agenttown-pairing-server check',
    });
    if (registered.status !== 201)
      throw new Failure(`${target.url} registers nobody: it answered with ${registered.status}.`);
    const gateway = await registered.json();
    const redeemed = await ask(target, 'POST /api/relay/redeem', undefined, {
      accessCode: gateway.accessCode,
    });
    const party = new Party(target, gateway, await redeemed.json());
    await party.serve();
    return party;
  }

  /** One more App. */
  async another(): Promise<App> {
    const code = await ask(this.target, 'POST /api/relay/codes', this.gateway.relaySecret, {});
    const { accessCode } = await code.json();
    return (await ask(this.target, 'POST /api/relay/redeem', undefined, { accessCode })).json();
  }

  /** One request. */
  ask(route: string, credential?: string, body?: unknown, headers?: Record<string, string>) {
    return ask(this.target, route, credential, body, headers);
  }

  /** Calls the runtime. */
  call(method: string, params: unknown, headers?: Record<string, string>, app = this.app) {
    const { gatewayId, clientToken } = app;
    const timeoutMs = method === 'slow' ? 300_000 : 30_000;
    return this.ask('POST /api/relay/rpc', clientToken, { gatewayId, method, params, timeoutMs }, headers);
  }

  /** An open socket with a credential. */
  async socket(credential: string): Promise<WebSocket> {
    const socket = new WebSocket(this.gateway.relayUrl, {
      headers: { authorization: `Bearer ${credential}` },
    });
    this.sockets.push(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve).once('error', reject);
    });
    socket.on('error', () => {});
    return socket;
  }

  /** Sends a request on a socket, and gives how long its answer took in milliseconds. */
  async timed(socket: WebSocket, frame: { id: string; method: string; params?: unknown }): Promise<number> {
    const sinceMs = performance.now();
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${frame.method} was not answered`)), patienceMs);
      const listen = (data: unknown) => {
        const { id, type } = JSON.parse(String(data)) as Frame;
        if (id !== frame.id || type !== 'res') return;
        clearTimeout(late);
        socket.off('message', listen);
        resolve();
      };
      socket.on('message', listen);
      socket.send(JSON.stringify({ jsonrpc: '2.0', ...frame }));
    });
    return performance.now() - sinceMs;
  }

  /** Takes all of it away. */
  async close(): Promise<void> {
    for (const step of this.steps) clearInterval(step);
    for (const socket of this.sockets) socket.terminate();
    await this.ask('DELETE /api/relay/gateway', this.gateway.relaySecret).catch(() => {});
  }

  private async serve(): Promise<void> {
    const socket = await this.socket(this.gateway.relaySecret);
    const send = (frame: object) => socket.send(JSON.stringify({ jsonrpc: '2.0', ...frame }));
    socket.on('message', (data) => {
      const { type, id, method, params } = JSON.parse(String(data)) as Frame;
      if (type !== 'req') return;
      if (method !== 'slow') return send({ id, result: params ?? null });
      let seq = 0;
      const { everyMs, forMs } = params as { everyMs: number; forMs: number };
      const step = setInterval(() => {
        if (seq * everyMs < forMs)
          return send({ method: 'relay.progress', params: { id, seq: seq++, data: 0 } });
        stop(step);
        send({ id, result: seq });
      }, everyMs);
      this.steps.add(step);
    });
    const stop = (step: NodeJS.Timeout) => {
      clearInterval(step);
      this.steps.delete(step);
    };
  }
}

function ask(
  { url }: Target,
  route: string,
  credential?: string,
  body?: unknown,
  headers: Record<string, string> = {},
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
): Promise<Response & { json(): Promise<any> }> {
  const [method, path] = route.split(' ') as [string, string];
  return fetch(url + path, {
    method,
    headers: {
      ...(credential ? { authorization: `Bearer ${credential}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((error: Error) => {
    throw new Failure(`${url} was not reached: ${(error.cause as Error)?.message ?? error.message}`);
  });
}
