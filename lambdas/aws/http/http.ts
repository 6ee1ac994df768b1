/**
 * HTTP in and out of a function: API Gateway's proxy event becomes a `HttpRequest`, an answer or an error becomes
 * the response of the contract. Answers are streamed, so that what a function does afterwards delays nobody.
 */
import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { EventFacts } from '../../core/monitor/monitor-events';
import type { Recorder } from '../../core/monitor/ports';
import { ApiError, problemOf } from '../../core/wire/errors';
import { limits } from '../../core/wire/limits';
import { env } from '../env';
import { log } from '../observe/log';
import { measure } from '../observe/metrics';
import { recorderOf } from '../observe/recorder';
import { hostOf, sourceIpOf } from './source-ip';
import { writePieces } from './write-pieces';

/** A request as a route sees it. */
export interface HttpRequest {
  params: Record<string, string | undefined>;
  query: Record<string, string | undefined>;
  body: string;
  /** The bearer credential, if one was sent. */
  credential: string | undefined;
  header(name: string): string | undefined;
  /** The caller's address: API Gateway's word, or that of the proven edge. */
  sourceIp: string;
  requestId: string;
  receivedAtMs: number;
  /** Takes events for the monitor; they are written after the answer has left, or while the function waits. */
  recorder: Recorder;
  /** Does something after the answer has left. Its failure is logged and harms nobody. */
  afterwards(task: () => Promise<unknown>): void;
}

/** An answer: a JSON body (none for 204), or text pieces as they come. */
export interface HttpAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
  pieces?: AsyncIterable<string>;
  /** What the monitor may tell of it, where the route is `recorded`. */
  facts?: EventFacts;
}

/** What a route does. */
export type Route = (request: HttpRequest) => Promise<HttpAnswer>;

/** Routes of one function by API Gateway's own key, as `POST /api/relay/rpc`. */
export interface Routes {
  [methodAndResource: string]: Route | { route: Route; maxBodyBytes: number };
}

/** The handler of a function whose integration is a STREAM. */
export function streamedHttp(routes: Routes) {
  return awslambda.streamifyResponse(async (event: APIGatewayProxyEvent, stream) => {
    const tasks: Array<() => Promise<unknown>> = [];
    const recorder = recorderOf(event.requestContext.requestId);
    const answer = await answerTo(routes, event, { recorder, afterwards: (task) => tasks.push(task) });
    const out = awslambda.HttpResponseStream.from(stream, {
      statusCode: answer.status,
      headers: headersOf(answer, event),
    });
    out.on('error', () => {}); // The caller is gone; the work of a plain answer goes on.
    // Status and headers leave with the first write, not with the end.
    out.write(bodyOf(answer));
    if (answer.pieces) await writePieces(out, answer.pieces);
    out.end();
    await recorder.flush();
    for (const task of tasks) await task().catch((error) => logFailure('afterwards', error));
    await recorder.flush();
  });
}

/** A buffered function records nothing: its answer would wait for the writing. */
const noRecorder: Recorder = { record: () => {}, idle: () => {} };

/** The handler of a function whose integration is BUFFERED. */
export function bufferedHttp(routes: Routes) {
  return async (event: APIGatewayProxyEvent) => {
    const answer = await answerTo(routes, event, { recorder: noRecorder, afterwards: (task) => void task() });
    return { statusCode: answer.status, headers: headersOf(answer, event), body: bodyOf(answer) };
  };
}

async function answerTo(
  routes: Routes,
  event: APIGatewayProxyEvent,
  surroundings: Pick<HttpRequest, 'recorder' | 'afterwards'>,
): Promise<HttpAnswer> {
  const { requestId } = event.requestContext;
  try {
    const entry = routes[`${event.httpMethod} ${event.resource}`];
    if (!entry) throw new ApiError('not_found', 'There is no such route.');
    const { route, maxBodyBytes } =
      typeof entry === 'function' ? { route: entry, maxBodyBytes: limits.maxBodyBytes } : entry;
    return await route({ ...requestOf(event, maxBodyBytes), ...surroundings });
  } catch (error) {
    if (!(error instanceof ApiError)) logFailure(requestId, error);
    const known =
      error instanceof ApiError
        ? error
        : new ApiError('internal_error', 'The server met a fault. It has been logged.');
    const body = problemOf(known, requestId);
    const wait =
      body.retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(body.retryAfterMs / 1000)) };
    const outcome = body.outcome === undefined ? {} : { 'x-call-outcome': body.outcome };
    const headers = { 'content-type': 'application/problem+json', ...wait, ...outcome };
    return { status: body.status, headers, body };
  }
}

function requestOf(
  event: APIGatewayProxyEvent,
  maxBodyBytes: number,
): Omit<HttpRequest, 'recorder' | 'afterwards'> {
  const headers = new Map(
    Object.entries(event.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  headers.set('host', hostOf(event));
  const header = (name: string) => headers.get(name);
  if (header('content-encoding'))
    throw new ApiError('unsupported_media_type', 'A body must not be content-encoded.');
  const body = event.isBase64Encoded
    ? Buffer.from(event.body ?? '', 'base64').toString()
    : (event.body ?? '');
  if (Buffer.byteLength(body) > maxBodyBytes) {
    throw new ApiError('payload_too_large', `The body is over ${maxBodyBytes} bytes.`, {
      limitBytes: maxBodyBytes,
    });
  }
  return {
    params: event.pathParameters ?? {},
    query: event.queryStringParameters ?? {},
    body,
    credential: /^Bearer +(\S{1,512}) *$/i.exec(header('authorization') ?? '')?.[1],
    header,
    sourceIp: sourceIpOf(event),
    requestId: event.requestContext.requestId,
    receivedAtMs: Date.now(),
  };
}

function headersOf(answer: HttpAnswer, event: APIGatewayProxyEvent): Record<string, string> {
  return {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-request-id': event.requestContext.requestId,
    'x-content-type-options': 'nosniff',
    ...corsHeaders(event),
    ...answer.headers,
  };
}

function corsHeaders(event: APIGatewayProxyEvent): Record<string, string> {
  const allowed = (process.env[env.allowedOrigins] ?? '*').split(',');
  const origin = event.headers?.origin ?? event.headers?.Origin;
  const granted = allowed.includes('*') ? '*' : origin && allowed.includes(origin) ? origin : undefined;
  return {
    ...(granted ? { 'access-control-allow-origin': granted } : {}),
    'access-control-expose-headers': 'x-request-id, x-call-outcome, retry-after',
    ...(granted === '*' ? {} : { vary: 'origin' }),
  };
}

function bodyOf(answer: HttpAnswer): string {
  if (answer.body === undefined) return '';
  return typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
}

function logFailure(where: string, error: unknown): void {
  measure({ name: 'Faults', unit: 'Count', value: 1 });
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  log.error('Something failed', { where, name, reason: message, stack });
}
