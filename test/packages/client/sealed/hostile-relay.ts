/**
 * A relay in memory that can lie: both libraries speak to it through their own ports (`fetch`, `WebSocket`), and a test changes whatever
 * passes. It knows the protocol just so far as sealing needs it.
 */
import type { Identity, WebSocketClass } from 'agenttown-relay-client/runtime';

/** A command as the runtime gets it. */
export interface Command {
  id: string;
  method: string;
  params: unknown;
  meta: { clientId: string; deadline: string };
}

/** A reply, or a step of progress, as the App gets it. */
export interface Reply {
  id: string;
  result?: unknown;
  error?: { code: string | number; message: string; data?: unknown };
}
export interface Step {
  id: string;
  seq: number;
  data: unknown;
}

interface Call {
  clientId: string;
  id: string;
  asked: string;
  command: Command;
  steps: Step[];
  tell(): void;
  answer: Promise<Reply>;
  end(reply: Reply): void;
}

const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });

/** One gateway, any number of Apps. */
export class HostileRelay {
  /** What it does with a command, a reply, a step: what comes back is passed on. */
  onCommand: (command: Command) => Command[] = (command) => [command];
  onReply: (reply: Reply, command: Command) => Reply[] = (reply) => [reply];
  onStep: (step: Step, command: Command) => Step[] = (step) => [step];
  /** The gateway that an App is told of. */
  toldGatewayId = 'gw_real';
  readonly commands: Command[] = [];
  readonly replies: Reply[] = [];
  /** Every byte that passed. */
  readonly heard: string[] = [];
  #calls = new Map<string, Call>();
  #clients = 0;
  #serial = 0;
  #toRuntime: (frame: object) => void = () => {};

  /** An honest one again; what has passed is forgotten. */
  behave(): void {
    this.onCommand = (command) => [command];
    this.onReply = (reply) => [reply];
    this.onStep = (step) => [step];
    for (const list of [this.commands, this.replies]) list.length = 0;
  }

  get identity(): Identity {
    return { serverUrl: 'http://relay', relayUrl: 'ws://relay', gatewayId: 'gw_real', relaySecret: 'ats_x' };
  }

  /** Sends a command to the runtime, of the relay's own making or again. */
  post(command: Omit<Command, 'id'> & { id?: string }): Promise<Reply> {
    const id = command.id ?? `rpc_${++this.#serial}`;
    const posted = { ...command, id };
    let end = (_: Reply) => {};
    const answer = new Promise<Reply>((resolve) => {
      end = resolve;
    });
    const { clientId } = command.meta;
    this.#calls.set(id, { clientId, id, asked: '', command: posted, steps: [], tell() {}, answer, end });
    this.#toRuntime(posted);
    return answer;
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const path = new URL(String(input)).pathname;
    const body = init?.body ? JSON.parse(String(init.body)) : undefined;
    if (init?.body) this.heard.push(String(init.body));
    const token = new Headers(init?.headers).get('authorization')?.replace('Bearer ', '') ?? '';
    if (path === '/api/relay/redeem') {
      const clientId = `cl_${++this.#clients}`;
      const about = {
        gatewayId: this.toldGatewayId,
        relayUrl: 'ws://relay',
        clientId,
        clientToken: clientId,
      };
      return json(200, { ...about, runtimeType: 'test', displayName: 'test', capabilities: [] });
    }
    if (path.startsWith('/api/relay/clients/')) return new Response(null, { status: 204 });
    const reply = /^\/api\/relay\/replies\/(.*)$/.exec(path);
    if (reply) {
      this.#hear({ ...body, id: reply[1] });
      return json(202, { id: reply[1], outcome: 'accepted' });
    }
    if (path !== '/api/relay/rpc') return json(404, {});
    const call = this.#callOf(token, body);
    if (typeof call === 'string')
      return json(409, { type: `urn:agenttown:error:${call}`, code: call, title: call });
    const streams = new Headers(init?.headers).get('accept') === 'text/event-stream';
    if (streams) return this.#stream(call);
    const { result, error } = await call.answer;
    return json(200, { ok: error === undefined, id: call.id, result, error, durationMs: 1 });
  };

  #callOf(clientId: string, body: { id: string; method: string; params: unknown }): Call | string {
    const { id, method, params } = body;
    const asked = JSON.stringify([method, params]);
    const known = [...this.#calls.values()].find((call) => call.clientId === clientId && call.id === id);
    if (known) return known.asked === asked ? known : 'idempotency_conflict';
    const rpcId = `rpc_${++this.#serial}`;
    const meta = { clientId, deadline: new Date(Date.now() + 60_000).toISOString() };
    const command: Command = { id: rpcId, method, params, meta };
    let end = (_: Reply) => {};
    const answer = new Promise<Reply>((resolve) => {
      end = resolve;
    });
    const call = { clientId, id, asked, command, steps: [], tell() {}, answer, end };
    this.#calls.set(rpcId, call);
    this.commands.push(command);
    for (const passed of this.onCommand(command)) {
      if (!this.#calls.has(passed.id)) this.#calls.set(passed.id, { ...call, end() {} });
      this.#toRuntime(passed);
    }
    return call;
  }

  #stream(call: Call): Response {
    const encoder = new TextEncoder();
    const body = new ReadableStream({
      start: async (controller) => {
        const say = (event: string, data: unknown) =>
          controller.enqueue(encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
        let told = 0;
        call.tell = () => {
          for (; told < call.steps.length; told++) say('progress', { ...call.steps[told], id: call.id });
        };
        call.tell();
        const { result, error } = await call.answer;
        call.tell();
        say('result', { ok: error === undefined, id: call.id, result, error });
        controller.close();
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  }

  #hear(frame: Reply & { method?: string; params?: Step; type?: string }): void {
    if (frame.method === 'relay.progress') {
      const call = this.#calls.get(frame.params!.id);
      for (const step of call ? this.onStep(frame.params!, call.command) : []) {
        const of = this.#calls.get(step.id);
        of?.steps.push(step);
        of?.tell();
      }
      return;
    }
    const call = this.#calls.get(frame.id);
    if (!call) return;
    this.replies.push(frame);
    for (const reply of this.onReply(frame, call.command)) this.#calls.get(reply.id)?.end(reply);
  }

  /** The runtime's socket. */
  get WebSocket(): WebSocketClass {
    const relay = this;
    return class {
      readyState = 0;
      onopen: unknown;
      onmessage: unknown;
      onclose: unknown;
      onerror: unknown;

      constructor() {
        relay.#toRuntime = (frame) => this.#say({ jsonrpc: '2.0', type: 'req', ...frame });
        setTimeout(() => {
          this.readyState = 1;
          (this.onopen as () => void)();
        });
      }

      #say(frame: object) {
        const data = JSON.stringify(frame);
        relay.heard.push(data);
        setTimeout(() => this.readyState === 1 && (this.onmessage as (event: object) => void)({ data }));
      }

      send(text: string) {
        relay.heard.push(text);
        const frame = JSON.parse(text);
        const own: Record<string, object> = {
          'relay.hello': {},
          'relay.ping': { time: new Date().toISOString() },
          'relay.pending': { calls: [] },
        };
        const result = own[frame.method];
        if (result) this.#say({ jsonrpc: '2.0', type: 'res', ok: true, id: frame.id, result });
        else relay.#hear(frame);
      }

      close(code = 1000) {
        this.readyState = 3;
        (this.onclose as (event: object) => void)({ code });
      }
    };
  }
}
