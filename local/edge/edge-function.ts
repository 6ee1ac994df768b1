/** Runs a CloudFront Function (viewer request) in the event shape of CloudFront. */
import { createContext, runInContext } from 'node:vm';
import { byName } from '../http/name-values';

/** A value as CloudFront hands it over; `multiValue` where a name came several times. Nothing is decoded. */
export interface EdgeValue {
  value: string;
  multiValue?: Array<{ value: string }>;
}

/** A request as a function sees and returns it. Header names are in lower case. */
export interface EdgeRequest {
  method: string;
  uri: string;
  querystring: Record<string, EdgeValue>;
  headers: Record<string, EdgeValue>;
  cookies: Record<string, EdgeValue>;
}

/** An answer that a function gives in place of the origin. */
export interface EdgeResponse {
  statusCode: number;
  statusDescription?: string;
  headers?: Record<string, EdgeValue>;
  body?: string | { data: string };
}

/** The event, version 1.0. */
export interface EdgeEvent {
  version: '1.0';
  context: {
    distributionDomainName: string;
    distributionId: string;
    eventType: 'viewer-request';
    requestId: string;
  };
  viewer: { ip: string };
  request: EdgeRequest;
}

/** A function, ready to be called. Throws what it throws. */
export type EdgeHandler = (event: EdgeEvent) => Promise<EdgeRequest | EdgeResponse>;

/** Loads the code of a function: a script that defines `handler`. */
export function loadEdgeFunction(code: string): EdgeHandler {
  const scope = createContext({ console });
  runInContext(code, scope);
  const { handler } = scope as { handler?: unknown };
  if (typeof handler !== 'function') throw new Error('The code of a CloudFront Function defines no handler');
  return async (event) => handler(event);
}

/** A query string as CloudFront splits it. */
export function readEdgeQuery(query: string): Record<string, EdgeValue> {
  return collect(query.split('&').filter(Boolean).map(splitPair));
}

/** What `readEdgeQuery` made, or a function changed, as a query string. */
export function writeEdgeQuery(values: Record<string, EdgeValue>): string {
  return Object.entries(values)
    .flatMap(([name, { value, multiValue }]) =>
      (multiValue ?? [{ value }]).map((one) => (one.value === '' ? name : `${name}=${one.value}`)),
    )
    .join('&');
}

/** Headers, or any other pairs, by name. */
export function collect(pairs: Array<[name: string, value: string]>): Record<string, EdgeValue> {
  const values = byName<EdgeValue>([]);
  for (const [name, value] of pairs) {
    const before = values[name];
    if (!before) values[name] = { value };
    else before.multiValue = [...(before.multiValue ?? [{ value: before.value }]), { value }];
  }
  return values;
}

function splitPair(pair: string): [string, string] {
  const mark = pair.indexOf('=');
  return mark < 0 ? [pair, ''] : [pair.slice(0, mark), pair.slice(mark + 1)];
}
