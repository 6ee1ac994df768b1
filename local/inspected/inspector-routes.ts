/**
 * The inspector's own routes, for programs and the monitor of this machine alone:
 *
 *   GET  /local/calls/{rpcId}          200 { id, method, gatewayId?, params?, steps, answer?, replay: "possible" | "caller-unknown" }
 *   POST /local/calls/{rpcId}/replay   202 { id, rpcId? }: the same under a new id, as the App that made it
 */
import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sourceIpOf } from '../http/gateway-request';
import { answerByItself } from '../http/own-answer';
import type { Caller, Callers } from './callers';
import type { KeptCall, KeptCalls } from './kept-calls';

/** What answering needs. */
export interface Inspection {
  token: string | undefined;
  calls: KeptCalls;
  callers: Callers;
}

/** What the plain route takes at most, in milliseconds. */
const MAX_TIMEOUT_MS = 55_000;
const MIN_TIMEOUT_MS = 1_000;
/** A command that has not left by then is looked for no more: its event tells the rest. */
const LOOK_MS = 2_000;
const LOOK_EVERY_MS = 20;

/** Answers a request below `/local/`; false for any other. */
export function answerInspection(
  request: IncomingMessage,
  response: ServerResponse,
  inspection: Inspection,
): boolean {
  const path = request.url?.split('?')[0] ?? '';
  if (!path.startsWith('/local/')) return false;
  // By this the monitor tells a server that shows payloads from one that does not.
  response.setHeader('x-agenttown-local', 'payloads');
  // Its body, if it has one, says nothing.
  request.resume();
  const refusal = refusalOf(request, inspection.token);
  if (refusal) {
    refuse(response, ...refusal);
    return true;
  }
  const [, id = '', replay] = /^\/local\/calls\/(rpc_[\w-]+)(\/replay)?$/.exec(path) ?? [];
  const call = inspection.calls.find(id);
  if (!call)
    refuse(response, 404, 'not_found', 'Nothing of this call has passed here, or it is no longer kept.');
  else if (replay && request.method === 'POST') {
    replayCall(request, response, inspection, call).catch(() =>
      refuse(response, 500, 'internal_error', 'The call could not be replayed.'),
    );
  } else if (!replay && request.method === 'GET') answer(response, 200, toldOf(call, inspection.callers));
  else refuse(response, 405, 'method_not_allowed', 'GET a call, or POST to its replay.');
  return true;
}

type Refusal = [status: number, code: string, detail: string];

/** This machine, by its own name and not through a proxy; and who watches the monitor. */
function refusalOf(request: IncomingMessage, token: string | undefined): Refusal | undefined {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  const isNamed = ['127.0.0.1', 'localhost', '[::1]'].includes(host);
  const isHere = /^(127\.|::1$)/.test(sourceIpOf(request));
  const { origin } = request.headers;
  const isOwnPage = origin === undefined || origin === `http://${request.headers.host}`;
  if (!isNamed || !isHere || !isOwnPage)
    return [403, 'forbidden', 'Payloads are shown to this machine alone.'];
  const given = request.headers.authorization?.replace(/^Bearer /i, '');
  if (token === undefined || isSame(given ?? '', token)) return undefined;
  return [401, 'unauthorized', 'The registration token is needed, as for the monitor.'];
}

function isSame(a: string, b: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}

function toldOf({ id, method, clientId, params, steps, answer: said }: KeptCall, callers: Callers) {
  const caller = callers.find(clientId);
  return {
    id,
    method,
    ...(caller ? { gatewayId: caller.gatewayId } : {}),
    ...(params === undefined ? {} : { params }),
    steps,
    ...(said ? { answer: said } : {}),
    replay: caller ? 'possible' : 'caller-unknown',
  };
}

async function replayCall(
  request: IncomingMessage,
  response: ServerResponse,
  { calls, callers }: Inspection,
  call: KeptCall,
): Promise<void> {
  const caller = callers.find(call.clientId);
  if (!caller) {
    return refuse(response, 409, 'caller_unknown', 'Its App has not called since this server was started.');
  }
  const id = randomUUID();
  const traceparent = `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
  const url = `http://127.0.0.1:${request.socket.localPort}/api/relay/rpc`;
  let isOver = false;
  const asked = callAgain(url, caller, call, { id, traceparent }).finally(() => {
    isOver = true;
  });
  asked.catch(() => {});
  // The trace tells which command it became.
  const until = performance.now() + LOOK_MS;
  let replayed = calls.findByTrace(traceparent);
  while (!replayed && !isOver && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    replayed = calls.findByTrace(traceparent);
  }
  answer(response, 202, { id, ...(replayed ? { rpcId: replayed.id } : {}) });
}

/** As its App would have called by HTTP; what comes of it the monitor shows. */
async function callAgain(
  url: string,
  { token, gatewayId }: Caller,
  { method, params, timeoutMs }: KeptCall,
  { id, traceparent }: { id: string; traceparent: string },
): Promise<void> {
  const mayTakeMs = Math.round(Math.min(MAX_TIMEOUT_MS, Math.max(MIN_TIMEOUT_MS, timeoutMs)));
  const answered = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, traceparent },
    body: JSON.stringify({ gatewayId, id, method, params, timeoutMs: mayTakeMs }),
  });
  await answered.body?.cancel();
}

function answer(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  response
    .writeHead(status, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'content-length': Buffer.byteLength(body),
    })
    .end(body);
}

function refuse(response: ServerResponse, status: number, code: string, detail: string): void {
  answerByItself(response, { status, title: 'Refused', code, detail, retryable: false });
}
