import { CfnOutput, Duration } from 'aws-cdk-lib';
import { Cors, MockIntegration, PassthroughBehavior, ResponseType } from 'aws-cdk-lib/aws-apigateway';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { type Host, startHost } from '../../../local/host';
import { FixtureLog } from '../fixture-client';
import { fixtureAssembly, fixtureFunction, fixtureRestApi, route } from '../fixture-stack';

const log = new FixtureLog();
let host: Host;

beforeAll(async () => {
  const assembly = fixtureAssembly((stack) => {
    const api = fixtureRestApi(stack, {
      binaryMediaTypes: ['image/*'],
      deployOptions: { variables: { colour: 'red' } },
    });
    // Without a token to ask for, the host would refuse the pages of other origins by itself.
    new CfnOutput(stack, 'TokenArn', { value: new Secret(stack, 'Token').secretArn });
    const echo = fixtureFunction(
      stack,
      'Echo',
      'return { statusCode: 200, body: JSON.stringify({ event, context }) }',
    );
    route(api, 'GET', '/things/{id}', echo);
    route(api, 'POST', '/things', echo);
    route(api, 'ANY', '/files/{path+}', echo);
    const say = fixtureFunction(stack, 'Say', 'return JSON.parse(event.body)');
    route(api, 'POST', '/say', say);
    route(api, 'POST', '/fail', fixtureFunction(stack, 'Fail', 'throw new RangeError("no such luck")'));
    const never = 'return new Promise(() => {})';
    const never1 = fixtureFunction(stack, 'Never', never, { timeout: Duration.seconds(1) });
    route(api, 'POST', '/never', never1);
    const slow = fixtureFunction(stack, 'Slow', never, { timeout: Duration.seconds(20) });
    route(api, 'POST', '/slow', slow, { timeout: Duration.millis(50) });
    const alone = fixtureFunction(stack, 'Alone', never, {
      reservedConcurrentExecutions: 0,
      timeout: Duration.seconds(20),
    });
    route(api, 'POST', '/alone', alone);
    route(api, 'GET', '/forbidden', fixtureFunction(stack, 'Forbidden', 'return { statusCode: 200 }'));
    api.root.addResource('page').addCorsPreflight({ allowOrigins: Cors.ALL_ORIGINS, allowMethods: ['GET'] });
    api.root.addResource('shared').addCorsPreflight({
      allowOrigins: ['https://one.example', 'https://two.example'],
      allowMethods: ['GET'],
    });
    api.root.addResource('mock').addMethod(
      'POST',
      new MockIntegration({
        passthroughBehavior: PassthroughBehavior.NEVER,
        requestTemplates: {
          'application/json': '{"statusCode": #if($input.params("n") == "1") 200 #else 404 #end}',
        },
        integrationResponses: [
          {
            statusCode: '200',
            responseParameters: { 'method.response.header.x-id': 'context.requestId' },
            responseTemplates: { 'text/plain': 'n is $input.params("n"), $stageVariables.colour' },
          },
          { statusCode: '404', selectionPattern: '404' },
        ],
      }),
      {
        methodResponses: [
          { statusCode: '200', responseParameters: { 'method.response.header.x-id': true } },
          { statusCode: '404' },
        ],
      },
    );
    api.addGatewayResponse('Unknown', {
      type: ResponseType.MISSING_AUTHENTICATION_TOKEN,
      statusCode: '404',
      templates: {
        'application/problem+json':
          '{"said":$context.error.messageString,"type":"$context.error.responseType","id":"$context.requestId"}',
      },
      responseHeaders: { 'x-request-id': 'context.requestId', 'cache-control': "'no-store'" },
    });
  });
  for (const [id, { Type, Properties }] of Object.entries(assembly.template.Resources)) {
    const isForbidden = JSON.stringify(Properties).includes('forbidden');
    if (Type === 'AWS::Lambda::Permission' && isForbidden) delete assembly.template.Resources[id];
  }
  host = await startHost({ assembly, onLog: log.write });
});

afterAll(() => host?.stop());

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${host.url}${path}`, { method: 'POST', body: JSON.stringify(body), headers });

test('a function gets the complete REST proxy event', async () => {
  const response = await fetch(`${host.url}/things/a%20b?n=1&n=2&m=x%20y`, {
    headers: { 'user-agent': 'tester' },
  });
  const { event, context } = await response.json();
  expect(event).toMatchObject({
    resource: '/things/{id}',
    path: '/things/a%20b',
    httpMethod: 'GET',
    pathParameters: { id: 'a%20b' },
    queryStringParameters: { n: '2', m: 'x y' },
    multiValueQueryStringParameters: { n: ['1', '2'], m: ['x y'] },
    stageVariables: { colour: 'red' },
    body: null,
    isBase64Encoded: false,
    headers: { 'user-agent': 'tester', 'X-Forwarded-For': '127.0.0.1' },
    multiValueHeaders: { 'user-agent': ['tester'] },
    requestContext: {
      accountId: '000000000000',
      stage: 'v1',
      path: '/v1/things/a%20b',
      resourcePath: '/things/{id}',
      httpMethod: 'GET',
      protocol: 'HTTP/1.1',
      identity: { sourceIp: '127.0.0.1', userAgent: 'tester', user: null },
      requestTime: expect.stringMatching(/^\d{2}\/\w{3}\/\d{4}:\d{2}:\d{2}:\d{2} \+0000$/),
    },
  });
  expect(event.requestContext.requestId).toBe(response.headers.get('x-amzn-requestid'));
  expect(context).toMatchObject({ memoryLimitInMB: '128', functionVersion: '$LATEST' });
});

test('a body is text, unless the API lists its media type as binary', async () => {
  const text = await (await post('/things', 'ü')).json();
  expect(text.event).toMatchObject({ body: '"ü"', isBase64Encoded: false });
  const image = await (await post('/things', 'ü', { 'content-type': 'image/png' })).json();
  expect(image.event).toMatchObject({ body: Buffer.from('"ü"').toString('base64'), isBase64Encoded: true });
});

test('a greedy parameter takes the rest of the path, with any method', async () => {
  const { event } = await (await fetch(`${host.url}/files/a/b.txt`, { method: 'PUT' })).json();
  expect(event).toMatchObject({
    resource: '/files/{path+}',
    pathParameters: { path: 'a/b.txt' },
    httpMethod: 'PUT',
  });
});

test.each(['/nothing', '/things', '/things/1/2', '/things/'])(
  'an unknown route or method (GET %s) gets the gateway response of the template',
  async (path) => {
    const response = await fetch(host.url + path);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const id = response.headers.get('x-request-id');
    expect(await response.json()).toEqual({
      said: 'Missing Authentication Token',
      type: 'MISSING_AUTHENTICATION_TOKEN',
      id,
    });
  },
);

test('an unknown route with an Authorization is taken for a wrong signature, which is quoted', async () => {
  const headers = { authorization: 'Bearer my-token' };
  const response = await fetch(`${host.url}/nothing`, { headers });
  expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([
    403,
    'IncompleteSignatureException',
  ]);
  expect((await response.json()).message).toBe(
    "'my-token' not a valid key=value pair (missing equal-sign) in Authorization header: 'Bearer my-token'.",
  );
});

test('a greedy resource at the root takes what no other resource fits, but not one that only has children', async () => {
  const own = fixtureAssembly((stack) => {
    const api = fixtureRestApi(stack);
    const say = (what: string) =>
      fixtureFunction(
        stack,
        what,
        `return { statusCode: 200, body: '${what} ' + event.resource + ' ' + event.pathParameters?.proxy }`,
      );
    route(api, 'GET', '/deep/down', say('Known'));
    route(api, 'ANY', '/{proxy+}', say('Others'));
  });
  const other = await startHost({ assembly: own });
  const get = async (path: string, method = 'GET') => {
    const response = await fetch(other.url + path, { method, headers: { authorization: 'Bearer t' } });
    return `${response.status} ${await response.text()}`;
  };
  expect(await get('/deep/down')).toBe('200 Known /deep/down undefined');
  expect(await get('/nothing')).toBe('200 Others /{proxy+} nothing');
  expect(await get('/deep/unknown/too', 'DELETE')).toBe('200 Others /{proxy+} deep/unknown/too');
  expect(await get('/deep')).toMatch(/^403 /);
  expect(await get('/deep/down', 'DELETE')).toMatch(/^403 /);
  expect(await get('/')).toMatch(/^403 /);
  await other.stop();
});

test('the answer of a function keeps its status, its headers and repeated headers', async () => {
  const response = await post('/say', {
    statusCode: 418,
    headers: { 'x-tea': 'pot', 'content-type': 'text/plain' },
    multiValueHeaders: { 'set-cookie': ['a=1', 'b=2'] },
    body: 'short and stout',
  });
  expect(response.status).toBe(418);
  expect(response.headers.get('x-tea')).toBe('pot');
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(await response.text()).toBe('short and stout');
});

test('headers that API Gateway keeps for itself come out renamed', async () => {
  const response = await post('/say', { statusCode: 401, headers: { 'WWW-Authenticate': 'Bearer' } });
  expect(response.headers.get('www-authenticate')).toBeNull();
  expect(response.headers.get('x-amzn-remapped-www-authenticate')).toBe('Bearer');
});

test('base64 is decoded only for a caller who accepts the binary type', async () => {
  const answer = { statusCode: 200, isBase64Encoded: true, body: Buffer.from('pixels').toString('base64') };
  const accepted = await post('/say', answer, { accept: 'image/png' });
  expect(await accepted.text()).toBe('pixels');
  const other = await post('/say', answer, { accept: 'text/plain' });
  expect(await other.text()).toBe(answer.body);
});

test.each([null, 'text', {}, { statusCode: 200, body: {} }, { statusCode: 200, extra: 1 }])(
  'a malformed answer (%j) is a 502',
  async (answer) => {
    const response = await post('/say', answer);
    expect(response.status).toBe(502);
    expect(await response.json()).toEqual({ message: 'Internal server error' });
  },
);

test('a function that throws is a 502, and its error is in the log', async () => {
  expect((await post('/fail', {})).status).toBe(502);
  await log.line(/RangeError: no such luck/);
});

test('a function over its own timeout fails with "Task timed out"', async () => {
  expect((await post('/never', {})).status).toBe(502);
  await log.line(/Task timed out after 1\.00 seconds/);
});

test('a function over the timeout of its integration is a 504', async () => {
  const response = await post('/slow', {});
  expect(response.status).toBe(504);
  expect(await response.json()).toEqual({ message: 'Endpoint request timed out' });
});

test('a function without concurrency left is not run', async () => {
  expect((await post('/alone', {})).status).toBe(500);
});

test('a function that does not let API Gateway call it is a 500', async () => {
  expect((await fetch(`${host.url}/forbidden`)).status).toBe(500);
});

test('an event over 6 MB and a body over 10 MB are refused with 413', async () => {
  // Quotes double in the event: 4 MB of them are over the limit, though the body is not.
  expect((await post('/things', '"'.repeat(4_000_000))).status).toBe(413);
  expect((await post('/things', 'x'.repeat(10 * 1024 * 1024 + 1))).status).toBe(413);
});

test('a buffered answer over 6 MB is a 502', async () => {
  const assembly = fixtureAssembly((stack) => {
    const large = fixtureFunction(stack, 'Large', 'return { statusCode: 200, body: "x".repeat(6291456) }');
    route(fixtureRestApi(stack), 'GET', '/large', large);
  });
  const own = await startHost({ assembly, onLog: log.write });
  try {
    expect((await fetch(`${own.url}/large`)).status).toBe(502);
  } finally {
    await own.stop();
  }
});

test('headers over 10,240 bytes are refused', async () => {
  const response = await fetch(`${host.url}/things/1`, { headers: { 'x-large': 'x'.repeat(10_240) } });
  expect(response.status).toBe(431);
});

test('a preflight is answered without a function', async () => {
  const response = await fetch(`${host.url}/page`, {
    method: 'OPTIONS',
    headers: { origin: 'https://app.example' },
  });
  expect(response.status).toBe(204);
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  expect(response.headers.get('access-control-allow-methods')).toBe('GET');
});

test.each([
  ['https://two.example', 'https://two.example'],
  ['https://three.example', 'https://one.example'],
])('a preflight from %s grants %s where several origins are listed', async (origin, granted) => {
  const { headers } = await fetch(`${host.url}/shared`, { method: 'OPTIONS', headers: { origin } });
  expect(headers.get('access-control-allow-origin')).toBe(granted);
});

test('a mock answers by its templates', async () => {
  const found = await post('/mock?n=1', {}, { 'content-type': 'application/json' });
  expect([found.status, await found.text()]).toEqual([200, 'n is 1, red']);
  expect(found.headers.get('x-id')).toBe(found.headers.get('x-amzn-requestid'));
  expect((await post('/mock?n=2', {}, { 'content-type': 'application/json' })).status).toBe(404);
});

test('a mock that passes nothing through refuses other media types', async () => {
  expect((await post('/mock?n=1', {}, { 'content-type': 'text/plain' })).status).toBe(415);
});

test('requests over the throttle of the stage are refused', async () => {
  const assembly = fixtureAssembly((stack) => {
    const api = fixtureRestApi(stack, {
      deployOptions: { throttlingRateLimit: 0.001, throttlingBurstLimit: 2 },
    });
    route(api, 'GET', '/', fixtureFunction(stack, 'Ok', 'return { statusCode: 200 }'));
  });
  const own = await startHost({ assembly });
  try {
    const statuses = [];
    for (let n = 0; n < 3; n++) statuses.push((await fetch(own.url)).status);
    expect(statuses).toEqual([200, 200, 429]);
  } finally {
    await own.stop();
  }
});

test('a template that the host would misread stops the start, and names the resource', async () => {
  const assembly = fixtureAssembly((stack) => {
    route(fixtureRestApi(stack), 'GET', '/', fixtureFunction(stack, 'Ok', 'return { statusCode: 200 }'));
  });
  const [id, method] = Object.entries(assembly.template.Resources).find(
    ([, { Type }]) => Type === 'AWS::ApiGateway::Method',
  )!;
  method.Properties!.AuthorizationType = 'AWS_IAM';
  await expect(startHost({ assembly })).rejects.toThrow(id);
});
