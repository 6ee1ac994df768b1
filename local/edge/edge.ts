import { randomBytes } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { comesFrom, headerPairs, sourceIpOf } from '../http/gateway-request';
import { byName } from '../http/name-values';
import type { Resolver } from '../types';
import { type EdgeBehavior, type EdgeDistribution, readDistribution } from './edge-distribution';
import {
  collect,
  type EdgeHandler,
  type EdgeRequest,
  type EdgeResponse,
  type EdgeValue,
  loadEdgeFunction,
  readEdgeQuery,
  writeEdgeQuery,
} from './edge-function';
import { endWhenSilent } from './edge-silence';
import { ErrorCache } from './error-cache';

/** What the origin sees as its caller: one of CloudFront's own addresses. */
const EDGE_ADDRESS = '130.176.0.1';

/** How CloudFront marks an error, its own or a kept one. */
const FROM_EDGE = 'Error from cloudfront';

/** What became of a request at the edge. */
export type EdgeOutcome =
  /** Rewritten in place: the origin gets it now. `watch` holds its answer to what the edge allows. */
  | { kind: 'forwarded'; host: string; watch(response: ServerResponse): void }
  /** The caller went to an origin by its own name. */
  | { kind: 'direct'; host: string }
  | { kind: 'answered'; status: number; headers: OutgoingHttpHeaders; body: string | Buffer };

/** A CloudFront distribution in front of this host's APIs. Its function runs from the template's own code. */
export class Edge {
  readonly domainName: string;
  readonly #distribution: EdgeDistribution;
  readonly #handlers = new Map<string, EdgeHandler>();
  readonly #errors: ErrorCache;

  /** Undefined for a template without a distribution. */
  static of(resolver: Resolver): Edge | undefined {
    const distribution = readDistribution(resolver);
    return distribution && new Edge(distribution);
  }

  private constructor(distribution: EdgeDistribution) {
    this.#distribution = distribution;
    this.domainName = distribution.domainName;
    this.#errors = new ErrorCache(distribution.errorTtlSeconds);
    for (const { functionCode: code } of distribution.behaviors)
      if (code !== undefined && !this.#handlers.has(code)) this.#handlers.set(code, loadEdgeFunction(code));
  }

  /** Takes a request as the edge does: picks the behaviour, runs its function, and makes it the origin's request. */
  async take(incoming: IncomingMessage): Promise<EdgeOutcome> {
    const host = incoming.headers.host ?? '';
    if (this.#distribution.behaviors.some(({ origin }) => origin.domainName === host))
      return { kind: 'direct', host };
    const request = readRequest(incoming);
    const behavior = this.#distribution.behaviors.find(({ fits }) => fits(request.uri));
    if (!behavior) throw new Error('A distribution has a behaviour for every path');
    if (!behavior.allowedMethods.includes(request.method)) return answered({ statusCode: 403 });
    const result = await this.#run(behavior, request, sourceIpOf(incoming));
    if ('statusCode' in result) return answered(result);
    const { domainName, readTimeoutMs } = behavior.origin;
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const key = `${domainName} ${result.uri}`;
    const kept = isRead ? this.#errors.find(key) : undefined;
    if (kept) return { kind: 'answered', ...kept, headers: { ...kept.headers, 'x-cache': FROM_EDGE } };
    this.#rewrite(incoming, result, behavior);
    const watch = (response: ServerResponse): void => {
      if (request.method === 'GET') this.#errors.watch(key, response);
      endWhenSilent(response, readTimeoutMs);
    };
    return { kind: 'forwarded', host: domainName, watch };
  }

  async #run(
    { functionCode }: EdgeBehavior,
    request: EdgeRequest,
    ip: string,
  ): Promise<EdgeRequest | EdgeResponse> {
    const handler = functionCode === undefined ? undefined : this.#handlers.get(functionCode);
    if (!handler) return request;
    const { domainName, id } = this.#distribution;
    const context = {
      distributionDomainName: domainName,
      distributionId: id,
      eventType: 'viewer-request',
      requestId: randomBytes(20).toString('base64url'),
    } as const;
    try {
      return await handler({ version: '1.0', context, viewer: { ip }, request });
    } catch {
      // CloudFront: FunctionExecutionError.
      return { statusCode: 503 };
    }
  }

  /** AllViewerExceptHostHeader: all that the caller sent but its host, then the origin's own headers. */
  #rewrite(incoming: IncomingMessage, request: EdgeRequest, { origin }: EdgeBehavior): void {
    const viewer = sourceIpOf(incoming);
    const before = request.headers['x-forwarded-for']?.value;
    const own: Array<[string, string]> = [
      ...origin.customHeaders,
      ['host', origin.domainName],
      ['via', `1.1 ${this.domainName} (CloudFront)`],
      ['x-forwarded-for', before ? `${before}, ${viewer}` : viewer],
    ];
    const cookie = writeCookies(request.cookies);
    const sent = Object.entries(request.headers).flatMap(([name, values]) => pairsOf(name, values));
    const kept = sent.filter(([name]) => !own.some(([ownName]) => ownName === name));
    const headers = [...kept, ...(cookie ? [['cookie', cookie] as [string, string]] : []), ...own];
    const query = writeEdgeQuery(request.querystring);
    incoming.url = origin.path + request.uri + (query && `?${query}`);
    incoming.rawHeaders = headers.flat();
    incoming.headers = byName(headers);
    comesFrom(incoming, EDGE_ADDRESS);
  }
}

function readRequest(incoming: IncomingMessage): EdgeRequest {
  const [uri = '/', query = ''] = (incoming.url ?? '/').split(/\?(.*)/s);
  const pairs = headerPairs(incoming).map(([name, value]): [string, string] => [name.toLowerCase(), value]);
  const cookies = pairs
    .filter(([name]) => name === 'cookie')
    .flatMap(([, value]) => value.split(/; */))
    .map((cookie): [string, string] => [cookie.split('=')[0]!, cookie.split('=').slice(1).join('=')]);
  return {
    method: incoming.method ?? 'GET',
    uri,
    querystring: readEdgeQuery(query),
    headers: collect(pairs.filter(([name]) => name !== 'cookie')),
    cookies: collect(cookies),
  };
}

function pairsOf(name: string, { value, multiValue }: EdgeValue): Array<[string, string]> {
  return (multiValue ?? [{ value }]).map((one) => [name.toLowerCase(), one.value]);
}

function writeCookies(cookies: Record<string, EdgeValue>): string {
  return Object.entries(cookies)
    .flatMap(([name, values]) => pairsOf(name, values).map(([, value]) => `${name}=${value}`))
    .join('; ');
}

function answered({ statusCode, headers = {}, body }: EdgeResponse): EdgeOutcome {
  return {
    kind: 'answered',
    status: statusCode,
    headers: byName(Object.entries(headers).map(([name, { value }]) => [name, value])),
    body: typeof body === 'string' ? body : (body?.data ?? ''),
  };
}
