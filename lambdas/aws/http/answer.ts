/**
 * HTTP in and out of a function: API Gateway's proxy event becomes a `HttpRequest`, an answer or an error becomes
 * the response of the contract. Knows no table, so that a function that touches none carries no SDK.
 */
import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { EventFacts } from '../../core/monitor/monitor-events';
import type { Recorder } from '../../core/monitor/ports';
import { ApiError, knownError, problemOf } from '../../core/wire/errors';
import { limits } from '../../core/wire/limits';
import { env } from '../env';
import { log } from '../observe/log';
import { measure } from '../observe/metrics';
import { hostOf, sourceIpOf } from './source-ip';

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
  /** Notes what the monitor may tell of this request if it is refused from here on. */
  about(facts: EventFacts): void;
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

/**
 * What the caller gets: of the route, or of its error. An error that the contract does not know is logged, and told as a fault
 * without its words.
 */
export async function answerTo(
  routes: Routes,
  event: APIGatewayProxyEvent,
  surroundings: Pick<HttpRequest, 'recorder' | 'afterwards'>,
  onRefusal: (error: ApiError, facts: EventFacts) => void = () => {},
): Promise<HttpAnswer> {
  let known: EventFacts = {};
  const about = (facts: EventFacts) => {
    known = { ...known, ...facts };
  };
  const { requestId } = event.requestContext;
  try {
    const entry = routes[`${event.httpMethod} ${event.resource}`];
    if (!entry) throw new ApiError('not_found', 'There is no such route.');
    const { route, maxBodyBytes } =
      typeof entry === 'function' ? { route: entry, maxBodyBytes: limits.maxBodyBytes } : entry;
    return await route({ ...requestOf(event, maxBodyBytes), ...surroundings, about });
  } catch (error) {
    const told = knownError(error);
    if (told !== error) logFailure(requestId, error);
    onRefusal(told, known);
    const body = problemOf(told, requestId);
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
): Omit<HttpRequest, 'recorder' | 'afterwards' | 'about'> {
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

/** The headers of every answer, then its own. */
export function headersOf(answer: HttpAnswer, event: APIGatewayProxyEvent): Record<string, string> {
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

/** The text of an answer; none is empty. */
export function bodyOf(answer: HttpAnswer): string {
  if (answer.body === undefined) return '';
  return typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
}

/** Logs and counts what should not have happened. */
export function logFailure(where: string, error: unknown): void {
  measure({ name: 'Faults', unit: 'Count', value: 1 });
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  log.error('Something failed', { where, name, reason: message, stack });
}
