/** A call by HTTP: one request, or a stream where its progress is wanted or it takes long. */
import type { Answer } from '../wire/codec';
import { errorOfProblem, type RelayError, ServerFault, unreachable } from '../wire/errors';
import { notARelay, readJson, type Server, send } from '../wire/http';
import { readEvents } from '../wire/server-events';
import type { Outgoing, Step } from './outgoing';

/** The plain route waits this long at most. */
const maxPlainMs = 55_000;

/** Sends a call, or asks for one that runs, and gives its answer. A lost connection is `Unreachable`: ask again. */
export async function callByHttp(
  server: Server,
  { gatewayId, clientToken }: { gatewayId: string; clientToken: string },
  call: Outgoing,
): Promise<Answer> {
  const { id, asked, timeoutMs, lastSeq } = call;
  const streams = call.onStep !== undefined || asked === undefined || timeoutMs > maxPlainMs;
  const { traceparent } = call.options;
  const headers: Record<string, string> = {
    ...(streams ? { accept: 'text/event-stream' } : {}),
    ...(lastSeq >= 0 ? { 'last-event-id': String(lastSeq) } : {}),
    ...(traceparent ? { traceparent } : {}),
  };
  const route = asked ? 'POST /api/relay/rpc' : `GET /api/relay/rpc/${id}`;
  const body = asked && { gatewayId, id, timeoutMs, ...asked };
  const more = { headers, signal: call.gone.signal, timeoutMs: streams ? 30_000 : timeoutMs + 5_000 };
  const response = await send(server, route, { credential: clientToken, body, ...more });
  const type = response.headers.get('content-type') ?? '';
  if (!streams || !response.ok || !type.includes('text/event-stream')) return await plainAnswer(response);
  return await streamedAnswer(response, call);
}

async function plainAnswer(response: Response): Promise<Answer> {
  const body = (await readJson(response)) as (Answer & { status?: string }) | null;
  if (response.status === 202 && body?.status === 'pending') throw stillRuns();
  if (typeof body?.ok !== 'boolean') throw notARelay(response.status);
  return body;
}

async function streamedAnswer(response: Response, call: Outgoing): Promise<Answer> {
  for await (const { event, data } of readEvents(response)) {
    if (event !== 'progress' && event !== 'result' && event !== 'error') continue;
    const told = parse(data);
    const problem = event === 'error' ? errorOfProblem(told) : undefined;
    if (problem) throw problem;
    if (event !== 'progress') return told as Answer;
    call.hear(told as Step);
  }
  throw stillRuns();
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (cause) {
    throw unreachable('The stream broke.', { cause });
  }
}

/** The connection ended before the call: it is asked for again. */
export function stillRuns(): RelayError {
  return unreachable('The call still runs.', { code: 'pending' });
}

/** Whether the library asks again by itself, under the same id. Never where a call has ended: its caller decides. */
export function asksAgain(error: unknown): error is RelayError {
  if (error instanceof ServerFault) return true;
  const { code, retryable } = error as Partial<RelayError>;
  return retryable === true && ['unreachable', 'pending', 'rate_limited'].includes(String(code));
}
