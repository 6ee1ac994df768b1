/**
 * The frames of the relay socket. Every frame that leaves is JSON-RPC 2.0 and carries OpenClaw's `type` beside it,
 * so a runtime of either convention reads it; what comes in is read liberally.
 *
 *   to the runtime    command      { jsonrpc, type: "req", id: "rpc_…", method, params | meta.paramsUrl, meta }
 *                     event        { jsonrpc, type: "event", event, method, params }
 *                     answer       { jsonrpc, type: "res", id, ok, result | error }
 *   from the runtime  reply        any frame with `id` or `requestId` and one of `result`, `payload`, `error`
 *                     progress     method `relay.progress`, or OpenClaw's event `progress`
 *                     request      `relay.hello`, `relay.ping`, `relay.pending`, or { type: "ping" }
 */
import { parseJson } from './json';
import { limits } from './limits';

/** What a runtime says about a call: its result, or the error it met. */
export type RuntimeAnswer =
  | { result: unknown }
  | { error: { code: number | string; message: string; data?: unknown } };

/** A reply: the answer, and how many steps of progress it says were reported before it. */
export interface RuntimeReply {
  answer: RuntimeAnswer;
  steps?: number;
}

type FrameId = string | number | null;

/** What a frame of a runtime means. */
export type RuntimeFrame =
  | ({ kind: 'reply'; id: string } & RuntimeReply)
  | { kind: 'progress'; id: string; seq: number; data: unknown }
  | { kind: 'request'; id: FrameId | undefined; method: string; params: unknown; meta: unknown }
  | { kind: 'ping' }
  | { kind: 'invalid'; id: FrameId; code: -32700 | -32600; message: string };

type Members = Record<string, unknown>;

/**
 * Reads one frame of a runtime. Never throws: what cannot be read is `invalid`, with the error to send back.
 * `knownId` stands in for an id that the frame leaves out.
 */
export function readRuntimeFrame(text: string, knownId?: string): RuntimeFrame {
  const parsed = parseJson(text);
  if (!parsed)
    return { kind: 'invalid', id: null, code: -32700, message: 'Parse error: the frame is not JSON' };
  const frame = parsed.value;
  if (typeof frame !== 'object' || frame === null || Array.isArray(frame)) {
    return invalid(null, 'a frame must be one JSON object');
  }
  return readMembers(frame as Members, knownId);
}

function readMembers(frame: Members, knownId: string | undefined): RuntimeFrame {
  const id = frameId(frame.id ?? frame.requestId ?? knownId);
  if (frame.type === 'event' && frame.event === 'progress') return readProgress(frame.payload, id);
  if (frame.method === 'relay.progress') return readProgress(frame.params, id);
  if (typeof frame.method === 'string') {
    return {
      kind: 'request',
      id: 'id' in frame ? id : undefined,
      method: frame.method,
      params: frame.params,
      meta: frame.meta,
    };
  }
  if (frame.type === 'ping') return { kind: 'ping' };
  return readReply(frame, id);
}

/** `error: null` and `result: null` both occur in the wild beside the member that counts. */
function readReply(frame: Members, id: FrameId): RuntimeFrame {
  const failed = (frame.error !== undefined && frame.error !== null) || frame.ok === false;
  const resultKey = ['result', 'payload'].find((key) => key in frame);
  if (!failed && resultKey === undefined) return invalid(id, 'a frame needs a method, a result or an error');
  if (typeof id !== 'string') return invalid(id, 'a reply needs the id of its command');
  if (failed && resultKey !== undefined && frame[resultKey] != null) {
    return invalid(id, 'a reply has a result or an error, not both');
  }
  const steps = stepsOf(frame.meta);
  return {
    kind: 'reply',
    id,
    ...(steps === undefined ? {} : { steps }),
    answer: failed ? { error: readError(frame.error) } : { result: frame[resultKey!] },
  };
}

/** A count that is none says nothing, and costs no answer. */
function stepsOf(meta: unknown): number | undefined {
  const { steps } = (typeof meta === 'object' && meta !== null ? meta : {}) as Members;
  const counts = typeof steps === 'number' && Number.isSafeInteger(steps) && steps >= 0;
  return counts ? Math.min(steps, limits.maxProgressSeq + 1) : undefined;
}

/** Any error object, or a bare string, becomes code and message: a liberal reader loses no error. */
function readError(error: unknown): { code: number | string; message: string; data?: unknown } {
  const members: Members =
    typeof error === 'object' && error !== null ? (error as Members) : { message: error };
  const code = typeof members.code === 'number' || typeof members.code === 'string' ? members.code : -32000;
  const message = typeof members.message === 'string' ? members.message : 'The runtime reported an error';
  return { code, message, ...(members.data === undefined ? {} : { data: members.data }) };
}

function readProgress(body: unknown, id: FrameId): RuntimeFrame {
  const members = (typeof body === 'object' && body !== null ? body : {}) as Members;
  const { seq } = members;
  if (typeof members.id !== 'string') return invalid(id, 'progress needs the id of its command');
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 0) {
    return invalid(id, 'progress needs a seq that is a whole number from 0');
  }
  return { kind: 'progress', id: members.id, seq, data: members.data ?? null };
}

function frameId(id: unknown): FrameId {
  return typeof id === 'string' || typeof id === 'number' ? id : null;
}

function invalid(id: FrameId, rule: string): RuntimeFrame {
  return { kind: 'invalid', id, code: -32600, message: `Invalid request: ${rule}` };
}

/** What a command tells beside its method and params. */
export interface CommandMeta {
  clientId: string;
  /** ISO 8601; a reply after it no longer counts. */
  deadline: string;
  traceparent?: string;
  /** Where the params are fetched when they are too large for a frame. */
  paramsUrl?: string;
}

/** A command, as an object. */
export interface Command {
  jsonrpc: '2.0';
  type: 'req';
  id: string;
  method: string;
  params?: unknown;
  meta: CommandMeta;
}

/** A call as the runtime gets it. */
export function commandOf(id: string, method: string, params: unknown, meta: CommandMeta): Command {
  return { jsonrpc: '2.0', type: 'req', id, method, ...(params === undefined ? {} : { params }), meta };
}

/** A call as a frame. */
export function commandFrame(id: string, method: string, params: unknown, meta: CommandMeta): string {
  return JSON.stringify(commandOf(id, method, params, meta));
}

/** An event of the relay itself, as `relay.cancel`. */
export function eventFrame(event: string, params: unknown): string {
  return JSON.stringify({ jsonrpc: '2.0', type: 'event', event, method: event, params });
}

/** The answer to a runtime's own request. */
export function resultFrame(id: FrameId, result: unknown): string {
  return JSON.stringify({ jsonrpc: '2.0', type: 'res', id, ok: true, result });
}

/** The answer to a frame that could not be served. */
export function errorFrame(id: FrameId, code: number, message: string): string {
  return JSON.stringify({ jsonrpc: '2.0', type: 'res', id, ok: false, error: { code, message } });
}
