import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** A caller's request with the values that API Gateway gives every request; events and `$context` are made of it. */
export interface RestRequest {
  method: string;
  /** As sent: still percent-encoded. */
  path: string;
  query: URLSearchParams;
  /** Name and value as sent, in their order. */
  headers: Array<[string, string]>;
  sourceIp: string;
  userAgent: string | undefined;
  host: string;
  protocol: string;
  requestId: string;
  extendedRequestId: string;
  receivedAt: Date;
}

/** Gives a request its ids and its time. */
export function readRequest(request: IncomingMessage): RestRequest {
  const target = request.url ?? '/';
  const mark = target.indexOf('?');
  return {
    method: request.method ?? 'GET',
    path: mark < 0 ? target : target.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1)),
    headers: headerPairs(request),
    sourceIp: sourceIpOf(request),
    userAgent: request.headers['user-agent'],
    host: request.headers.host ?? 'localhost',
    protocol: `HTTP/${request.httpVersion}`,
    requestId: randomUUID(),
    extendedRequestId: randomBytes(11).toString('base64'),
    receivedAt: new Date(),
  };
}

/** Headers with their names as sent; API Gateway keeps their case, and so must a function cope with any. */
export function headerPairs(request: IncomingMessage): Array<[string, string]> {
  const pairs: Array<[string, string]> = [];
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    pairs.push([request.rawHeaders[index]!, request.rawHeaders[index + 1]!]);
  }
  return pairs;
}

const forwardedFrom = new WeakMap<IncomingMessage, string>();

/** Notes that a request was passed on by a party in between: from now on that one's address is its caller's. */
export function comesFrom(request: IncomingMessage, address: string): void {
  forwardedFrom.set(request, address);
}

/** The caller's address, an IPv4 one without its IPv6 prefix. */
export function sourceIpOf(request: IncomingMessage): string {
  return (forwardedFrom.get(request) ?? request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
}

/** The last value of a header, whatever its case. */
export function headerOf(request: RestRequest, name: string): string | undefined {
  return request.headers.findLast(([candidate]) => candidate.toLowerCase() === name.toLowerCase())?.[1];
}

/** A media type without its parameters: `application/json; charset=utf-8` is `application/json`. */
export function mediaType(contentType: string | undefined): string | undefined {
  return contentType?.split(';')[0]?.trim().toLowerCase() || undefined;
}

/** The Common Log Format time that `$context.requestTime` has. */
export function requestTime(date: Date): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(date.toUTCString())!;
  return `${day}/${month}/${year}:${time} +0000`;
}
