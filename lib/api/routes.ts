/** The HTTP routes as data: which function serves what. */

/** The functions behind HTTP. */
export type HttpFunctionName =
  | 'front'
  | 'health'
  | 'pairings'
  | 'register'
  | 'redeem'
  | 'rpc'
  | 'replies'
  | 'status'
  | 'gateway-admin'
  | 'monitor'
  | 'monitor-page'
  | 'app-page';

/** One route. */
export interface HttpRoute {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  serves: HttpFunctionName;
}

/** Every route of the REST API. */
export const routes = [
  { method: 'GET', path: '/', serves: 'front' },
  { method: 'GET', path: '/openapi.json', serves: 'front' },
  { method: 'GET', path: '/asyncapi.json', serves: 'front' },
  { method: 'GET', path: '/health', serves: 'health' },
  { method: 'POST', path: '/api/runtime-pairings', serves: 'pairings' },
  { method: 'POST', path: '/api/runtime-pairings/redeem', serves: 'pairings' },
  { method: 'POST', path: '/api/relay/register', serves: 'register' },
  { method: 'POST', path: '/api/relay/redeem', serves: 'redeem' },
  { method: 'POST', path: '/api/relay/rpc', serves: 'rpc' },
  { method: 'GET', path: '/api/relay/rpc/{id}', serves: 'rpc' },
  { method: 'POST', path: '/api/relay/rpc/{id}/cancel', serves: 'rpc' },
  { method: 'GET', path: '/api/relay/rpc/{id}/params', serves: 'replies' },
  { method: 'POST', path: '/api/relay/replies/{id}', serves: 'replies' },
  { method: 'GET', path: '/api/relay/status', serves: 'status' },
  { method: 'POST', path: '/api/relay/tickets', serves: 'status' },
  { method: 'POST', path: '/api/relay/codes', serves: 'gateway-admin' },
  { method: 'GET', path: '/api/relay/clients', serves: 'gateway-admin' },
  { method: 'DELETE', path: '/api/relay/clients/{clientId}', serves: 'gateway-admin' },
  { method: 'POST', path: '/api/relay/secret', serves: 'gateway-admin' },
  { method: 'DELETE', path: '/api/relay/gateway', serves: 'gateway-admin' },
  { method: 'GET', path: '/app', serves: 'app-page' },
  { method: 'GET', path: '/app/{file}', serves: 'app-page' },
  { method: 'GET', path: '/monitor', serves: 'monitor-page' },
  { method: 'GET', path: '/api/monitor/events', serves: 'monitor' },
  { method: 'GET', path: '/api/monitor/stream', serves: 'monitor' },
  { method: 'POST', path: '/api/monitor/tickets', serves: 'monitor' },
] as const satisfies HttpRoute[];

/** A route as method and path. */
export type RouteKey = KeyOf<(typeof routes)[number]>;
/** Over each member of the union by itself. */
type KeyOf<Route> = Route extends HttpRoute ? `${Route['method']} ${Route['path']}` : never;

/** The paths that only lead to others: `/`, `/api` and so on, unless they are routes themselves. */
export const parentPaths: string[] = [
  ...new Set(
    routes.flatMap(({ path }) => path.split('/').map((_, at, parts) => `/${parts.slice(1, at).join('/')}`)),
  ),
].filter((parent) => !routes.some(({ path }) => path === parent));

/** The functions whose whole answer API Gateway waits for. All others stream: what they do afterwards delays nobody. */
export const bufferedFunctions: ReadonlySet<HttpFunctionName> = new Set([
  'front',
  'health',
  'monitor-page',
  'app-page',
]);
