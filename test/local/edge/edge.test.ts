import { request as httpRequest } from 'node:http';
import { Duration, SecretValue } from 'aws-cdk-lib';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  OriginRequestPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { type Host, startHost } from '../../../local/host';
import { apiHost } from '../../../local/template/attributes';
import type { Assembly } from '../../../local/types';
import { FixtureClient, FixtureLog } from '../fixture-client';
import {
  fixtureAssembly,
  fixtureFunction,
  fixtureRestApi,
  fixtureSockets,
  route,
  streamingFunction,
} from '../fixture-stack';

const log = new FixtureLog();
let assembly: Assembly;
let host: Host;

beforeAll(async () => {
  assembly = fixtureAssembly((stack) => {
    const api = fixtureRestApi(stack);
    const seen = 'return { statusCode: 200, body: JSON.stringify(event) }';
    const echo = fixtureFunction(stack, 'Echo', seen);
    route(api, 'GET', '/echo', echo);
    route(api, 'DELETE', '/echo', echo);
    const failing = fixtureFunction(
      stack,
      'Failing',
      `globalThis.served = (globalThis.served ?? 0) + 1;
       return { statusCode: Number(event.pathParameters.status), headers: { 'cache-control': 'no-store' }, body: String(served) }`,
    );
    for (const method of ['GET', 'POST']) route(api, method, '/failing/{status}', failing);
    const silent = streamingFunction(
      stack,
      'Silent',
      `const out = awslambda.HttpResponseStream.from(stream, { statusCode: 200 });
       out.write('first'); await new Promise(() => {});`,
      { timeout: Duration.seconds(20) },
    );
    route(api, 'GET', '/silent', silent, { stream: true });
    const mute = streamingFunction(stack, 'Mute', 'await new Promise(() => {});', {
      timeout: Duration.seconds(20),
    });
    route(api, 'GET', '/mute', mute, { stream: true });
    const sockets = fixtureSockets(
      stack,
      fixtureFunction(stack, 'Socket', `console.log(JSON.stringify(event)); return { statusCode: 200 };`),
    );
    const secret = new Secret(stack, 'Proof');
    const customHeaders = { 'x-proof': SecretValue.secretsManager(secret.secretArn).unsafeUnwrap() };
    const viewer = new EdgeFunction(stack, 'Viewer', {
      runtime: FunctionRuntime.JS_2_0,
      code: FunctionCode.fromInline(`async function handler(event) {
        const request = event.request;
        if (request.uri === '/broken') throw new Error('no');
        if (request.uri === '/own') return { statusCode: 418, body: 'own', headers: { 'x-own': { value: 'yes' } } };
        request.headers['x-viewer'] = { value: event.viewer.ip };
        request.uri = request.uri.replace(/^\\/relay\\/.*/, '/relay');
        return request;
      }`),
    });
    const behavior = {
      cachePolicy: CachePolicy.CACHING_DISABLED,
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      compress: false,
      functionAssociations: [{ function: viewer, eventType: FunctionEventType.VIEWER_REQUEST }],
    };
    const at = (id: string) => `${id}.execute-api.${stack.region}.${stack.urlSuffix}`;
    new Distribution(stack, 'Edge', {
      errorResponses: [{ httpStatus: 502, ttl: Duration.seconds(0) }],
      defaultBehavior: {
        ...behavior,
        allowedMethods: AllowedMethods.ALLOW_ALL,
        origin: new HttpOrigin(at(api.restApiId), {
          originPath: '/v1',
          customHeaders,
          readTimeout: Duration.seconds(1),
        }),
      },
      additionalBehaviors: {
        '/relay*': {
          ...behavior,
          origin: new HttpOrigin(at(sockets.api.apiId), { customHeaders }),
        },
      },
    });
  });
  host = await startHost({ assembly, onLog: log.write });
});
afterAll(() => host.stop());

type Event = Record<string, never> & {
  path: string;
  headers: Record<string, string>;
  queryStringParameters: Record<string, string>;
  requestContext: { identity: { sourceIp: string } };
};
const echo = async (path: string, headers: Record<string, string> = {}) =>
  (await (await fetch(host.url + path, { headers })).json()) as Event;

test('the origin gets what the caller sent, but with its own name, the proof and the address', async () => {
  const event = await echo('/echo?a=1&b=%20x', {
    authorization: 'Bearer t',
    'x-proof': 'guess',
    'x-viewer': '6.6.6.6',
  });
  expect(event.path).toBe('/echo');
  expect(event.queryStringParameters).toEqual({ a: '1', b: ' x' });
  const secret = host.aws.secrets.value(
    Object.keys(assembly.template.Resources).find((id) => id.startsWith('Proof'))!,
  );
  const headers = Object.fromEntries(
    Object.entries(event.headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  expect(headers).toMatchObject({ authorization: 'Bearer t', 'x-proof': secret, 'x-viewer': '127.0.0.1' });
  expect(headers.host).toMatch(/\.execute-api\./);
  expect(headers['x-forwarded-for']).toBe('127.0.0.1, 130.176.0.1');
});

test('the API sees the edge as its caller, and a caller of its own name as that caller', async () => {
  expect((await echo('/echo')).requestContext.identity.sourceIp).toBe('130.176.0.1');
  const apiId = host.aws.resolver.ref(host.aws.resolver.ofType('AWS::ApiGateway::RestApi')[0]!.logicalId);
  const direct = await new Promise<string>((resolve, reject) => {
    const headers = { host: apiHost(apiId), 'x-proof': 'guess' };
    httpRequest(`${host.url}/v1/echo`, { headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
    })
      .on('error', reject)
      .end();
  });
  const event = JSON.parse(direct) as Event;
  expect([event.path, event.requestContext.identity.sourceIp, event.headers['x-proof']]).toEqual([
    '/echo',
    '127.0.0.1',
    'guess',
  ]);
});

test('a path below the WebSocket stage opens a socket where the function makes it the stage', async () => {
  const client = new FixtureClient(`${host.url.replace('http', 'ws')}/relay/gw?secret=s`);
  await client.opened;
  const connect = JSON.parse(await log.line(/"CONNECT"/)) as Event;
  expect(connect.queryStringParameters).toEqual({ secret: 's' });
  expect(connect.requestContext.identity.sourceIp).toBe('130.176.0.1');
  client.socket.close();
  await client.closed;
});

test('an answer of the function, a failing function, a method and a plain request to the sockets', async () => {
  const own = await fetch(`${host.url}/own`);
  expect([own.status, await own.text(), own.headers.get('x-own')]).toEqual([418, 'own', 'yes']);
  expect((await fetch(`${host.url}/broken`)).status).toBe(503);
  expect((await fetch(`${host.url}/relay`, { method: 'DELETE' })).status).toBe(403);
  expect((await fetch(`${host.url}/relay`)).status).toBe(426);
});

test("one caller's error is everybody's: kept by path, without regard to query, Authorization and no-store", async () => {
  const get = async (path: string, token: string) => {
    const response = await fetch(host.url + path, { headers: { authorization: `Bearer ${token}` } });
    return [response.status, await response.text(), response.headers.get('x-cache')];
  };
  const [status, body, cache] = await get('/failing/503?a=1', 'one');
  expect([status, cache]).toEqual([503, null]);
  expect(await get('/failing/503?a=2', 'two')).toEqual([503, body, 'Error from cloudfront']);
  const served = Number(body);
  // Not kept: what the distribution keeps for no time, a refusal that may not be stored, other methods.
  expect((await get('/failing/502', 'one'))[1]).toBe(String(served + 1));
  expect((await get('/failing/502', 'two'))[1]).toBe(String(served + 2));
  expect((await get('/failing/404', 'one'))[1]).toBe(String(served + 3));
  expect((await get('/failing/404', 'two'))[1]).toBe(String(served + 4));
  for (const more of [5, 6]) {
    const posted = await fetch(`${host.url}/failing/503`, { method: 'POST' });
    expect(await posted.text()).toBe(String(served + more));
  }
});

test("an origin that is silent for longer than the edge's patience loses its caller", async () => {
  expect((await fetch(`${host.url}/mute`)).status).toBe(504);
  const begun = await fetch(`${host.url}/silent`);
  expect(begun.status).toBe(200);
  await expect(begun.text()).rejects.toThrow();
});

test.each<[string, (config: Record<string, object>) => void]>([
  ['caches', ({ DefaultCacheBehavior: it }) => Object.assign(it!, { CachePolicyId: 'other' })],
  ['compresses', ({ DefaultCacheBehavior: it }) => Object.assign(it!, { Compress: true })],
  [
    'forwards otherwise',
    ({ DefaultCacheBehavior: it }) => Object.assign(it!, { OriginRequestPolicyId: 'other' }),
  ],
  ['writes a log', (config) => Object.assign(config, { Logging: {} })],
])('a distribution that %s stops the start', async (_, change) => {
  const template = structuredClone(assembly.template);
  const edge = Object.values(template.Resources).find(
    ({ Type }) => Type === 'AWS::CloudFront::Distribution',
  )!;
  change(edge.Properties!.DistributionConfig as Record<string, object>);
  await expect(startHost({ assembly: { ...assembly, template } })).rejects.toThrow(/local (edge|host)/);
});
