/** Sees the calls that pass through a host, by its sockets and by its routes for large payloads, and keeps what they carried. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Witness } from '../types';
import { Callers } from './callers';
import { answerInspection } from './inspector-routes';
import { KeptCalls } from './kept-calls';

type Members = Record<string, unknown>;

const REPLY_PATH = /^\/api\/relay\/replies\/(rpc_[\w-]+)$/;
const PARAMS_PATH = /^\/api\/relay\/rpc\/(rpc_[\w-]+)\/params$/;

/** An inspector, which a host takes as its witness. */
export class Inspector implements Witness {
  readonly #calls = new KeptCalls();
  readonly #callers = new Callers();
  /** Sockets that were sent commands: whoever else answers is nobody's runtime. */
  readonly #runtimes = new Set<string>();

  /** `token` opens its routes; undefined where registration is open: then it is enough to call from this machine. */
  constructor(private readonly token: string | undefined) {}

  take(request: IncomingMessage, response: ServerResponse): boolean {
    return answerInspection(request, response, {
      token: this.token,
      calls: this.#calls,
      callers: this.#callers,
    });
  }

  asked(request: IncomingMessage, response?: ServerResponse): void {
    this.#callers.hear(request.headers.authorization);
    const [, id] = PARAMS_PATH.exec(pathOf(request)) ?? [];
    if (id === undefined || !response) return;
    copyOf(response, (whole) => {
      const params = response.statusCode === 200 ? read(whole.toString()) : undefined;
      if (params) this.#calls.params(id, params.value);
    });
  }

  gaveBody(path: string, body: Buffer, response: ServerResponse): void {
    const [, id] = REPLY_PATH.exec(path) ?? [];
    if (id === undefined) return;
    response.once('close', () => {
      if (response.statusCode === 202) this.#reply(membersOf(read(body.toString())?.value), id);
    });
  }

  sent(connectionId: string, frame: string): void {
    const { type, result, ...command } = membersOf(read(frame)?.value);
    const owed = type === 'res' ? membersOf(result).calls : [command];
    for (const each of Array.isArray(owed) ? owed : []) this.#command(connectionId, membersOf(each));
  }

  received(connectionId: string, text: string): void {
    if (!this.#runtimes.has(connectionId)) return;
    const frame = membersOf(read(text)?.value);
    const progress = frame.method === 'relay.progress' ? frame.params : frame.payload;
    const isProgress = frame.method === 'relay.progress' || frame.event === 'progress';
    if (isProgress) {
      const { id, seq, data } = membersOf(progress);
      if (typeof id === 'string' && typeof seq === 'number') this.#calls.step(id, { seq, data });
    } else if (frame.method === undefined) this.#reply(frame, frame.id ?? frame.requestId);
  }

  gone(connectionId: string): void {
    this.#runtimes.delete(connectionId);
  }

  #command(connectionId: string, { id, method, params, meta }: Members): void {
    if (typeof id !== 'string' || !id.startsWith('rpc_') || typeof method !== 'string') return;
    this.#runtimes.add(connectionId);
    const { clientId, deadline, traceparent } = membersOf(meta);
    const trace = typeof traceparent === 'string' ? traceparent : undefined;
    const timeoutMs = Date.parse(String(deadline)) - Date.now();
    this.#calls.command({ id, method, clientId: String(clientId), timeoutMs, traceparent: trace, params });
  }

  #reply(frame: Members, id: unknown): void {
    const { result, payload, error } = frame;
    if (typeof id !== 'string') return;
    const failed = (error !== undefined && error !== null) || frame.ok === false;
    if (failed) this.#calls.answer(id, { error: error ?? null });
    else if ('result' in frame || 'payload' in frame)
      this.#calls.answer(id, { result: result ?? payload ?? null });
  }
}

function pathOf(request: IncomingMessage): string {
  return request.url?.split('?')[0] ?? '';
}

function read(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null ? (value as Members) : {};
}

/** Gives the whole of an answer once it has been written. */
function copyOf(response: ServerResponse, take: (whole: Buffer) => void): void {
  const pieces: Buffer[] = [];
  const keep = (piece: unknown) => {
    if (typeof piece === 'string' || piece instanceof Uint8Array) pieces.push(Buffer.from(piece as string));
  };
  for (const name of ['write', 'end'] as const) {
    const own = response[name].bind(response) as (...given: unknown[]) => never;
    response[name] = ((...given: unknown[]) => {
      keep(given[0]);
      return own(...given);
    }) as typeof response.write & typeof response.end;
  }
  response.once('finish', () => take(Buffer.concat(pieces)));
}
