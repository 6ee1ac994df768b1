import { Agent, request } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { CfnOutput } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { type Host, startHost } from '../../local/host';
import { meterReport } from '../../local/watched/meter-report';
import { FixtureClient, FixtureLog } from './fixture-client';
import { fixtureAssembly, fixtureFunction, fixtureRestApi, fixtureSockets, route } from './fixture-stack';

const assembly = fixtureAssembly((stack) => {
  const api = fixtureRestApi(stack);
  const target = fixtureFunction(
    stack,
    'Env',
    'return { statusCode: 200, body: JSON.stringify(process.env) }',
  );
  route(api, 'GET', '/env', target);
  const relay = fixtureSockets(stack, target);
  const token = new Secret(stack, 'Token', { generateSecretString: { passwordLength: 40 } });
  const other = new Secret(stack, 'Other');
  new CfnOutput(stack, 'RegistrationTokenArn', { value: token.secretArn });
  new CfnOutput(stack, 'OtherArn', { value: other.secretArn });
  new CfnOutput(stack, 'Url', { value: `${api.url}env` });
  new CfnOutput(stack, 'RelayUrl', { value: relay.url });
  target.addEnvironment('MANAGEMENT', relay.callbackUrl);
  target.addEnvironment('RELAY', `${relay.url}?id={id}`);
});
const secretOf = (output: string) => (assembly.template.Outputs![output]!.Value as { Ref: string }).Ref;

let host: Host | undefined;
afterEach(() => host?.stop());

test("outputs and environments hold this host's URLs in place of the cloud's", async () => {
  host = await startHost({ assembly });
  const environment = (await (await fetch(host.outputs.Url!)).json()) as Record<string, string>;
  expect(host.outputs.Url).toBe(`${host.url}/env`);
  expect(host.outputs.RelayUrl).toBe(host.relayUrl);
  expect(host.relayUrl).toBe(`${host.url.replace('http', 'ws')}/relay`);
  expect(environment.RELAY).toBe(`${host.relayUrl}?id={id}`);
  expect(environment.MANAGEMENT).toBe(host.aws.managementEndpoint(host.webSockets[0]!.apiId, 'relay'));
  expect(host.serves('GET', '/env')).toBe(true);
  expect(host.serves('POST', '/env')).toBe(false);
});

test('behind a public URL everything names that one', async () => {
  host = await startHost({ assembly, publicUrl: 'https://pairing.example/' });
  expect(host.outputs.Url).toBe('https://pairing.example/env');
  expect(host.relayUrl).toBe('wss://pairing.example/relay');
});

test('a given token takes the place of the generated one, and of no other secret', async () => {
  host = await startHost({ assembly, token: 'sixteen-letters!' });
  expect(host.aws.secrets.value(secretOf('RegistrationTokenArn'))).toBe('sixteen-letters!');
  expect(host.aws.secrets.value(secretOf('OtherArn'))).not.toBe('sixteen-letters!');
});

test('a token for a stack that takes none is an error', async () => {
  const { RegistrationTokenArn: _, ...Outputs } = assembly.template.Outputs!;
  const open = { ...assembly, template: { ...assembly.template, Outputs } };
  await expect(startHost({ assembly: open, token: 'sixteen-letters!' })).rejects.toThrow(
    /no registration token/,
  );
});

test('a port in use is one sentence, before anything is synthesized', async () => {
  host = await startHost({ assembly });
  const port = Number(new URL(host.url).port);
  const synthesized = jest.fn();
  await expect(startHost({ assembly: synthesized, port })).rejects.toThrow(
    `Port ${port} on 127.0.0.1 is in use`,
  );
  expect(synthesized).not.toHaveBeenCalled();
});

test('requests that come before the stack is ready wait for it', async () => {
  let answer: Promise<Response> | undefined;
  const free = await startHost({ assembly });
  const port = Number(new URL(free.url).port);
  await free.stop();
  host = await startHost({
    port,
    assembly: async () => {
      answer = fetch(`http://127.0.0.1:${port}/env`);
      return assembly;
    },
  });
  expect((await answer!).status).toBe(200);
});

test('hosts of one stack run side by side', async () => {
  const other = await startHost({ assembly });
  host = await startHost({ assembly });
  expect(other.url).not.toBe(host.url);
  await other.stop();
  expect((await fetch(`${host.url}/env`)).status).toBe(200);
});

test('the meter report has a line per function and operation', () => {
  const call = {
    caller: 'Rpc',
    service: 'dynamodb',
    operation: 'PutItem',
    resources: [],
    startedAt: 0,
    endedAt: 2,
    status: 200,
    readUnits: 0,
    writeUnits: 1.5,
  };
  expect(meterReport([call, call, { ...call, operation: 'GetItem' }]).split('\n')).toEqual([
    'function  operation         calls  read units  write units  ms each',
    'Rpc       dynamodb:GetItem      1         0.0          1.5      2.0',
    'Rpc       dynamodb:PutItem      2         0.0          3.0      2.0',
  ]);
  expect(meterReport([])).toBe('No AWS calls.');
});

describe('an end with grace', () => {
  /** Answers when a second request says so: the test decides how long the first is under way. */
  const gated = fixtureAssembly((stack) => {
    const api = fixtureRestApi(stack);
    const gate = fixtureFunction(
      stack,
      'Gate',
      `if (event.path === '/open') globalThis.open();
       else await new Promise((open) => { globalThis.open = open; console.log('is under way'); });
       return { statusCode: 200, body: 'done' };`,
    );
    for (const path of ['/wait', '/open']) route(api, 'GET', path, gate);
    fixtureSockets(stack, fixtureFunction(stack, 'Socket', 'return { statusCode: 200 }'));
  });

  async function startedWithRequest() {
    const log = new FixtureLog();
    host = await startHost({ assembly: gated, onLog: log.write });
    const client = new FixtureClient(host.relayUrl);
    await client.opened;
    const agent = new Agent({ keepAlive: true });
    const get = (path: string) =>
      new Promise<{ body: string; connection: string | undefined }>((resolve, reject) => {
        request(`${host!.url}${path}`, { agent }, async (response) =>
          resolve({ body: await textOf(response), connection: response.headers.connection }),
        )
          .on('error', reject)
          .end();
      });
    // A connection of its own that is open before the end begins.
    const answer = get('/wait');
    await log.line(/is under way/);
    return { client, answer };
  }

  test('lets a request that is under way end, tells its caller to connect anew, and keeps sockets until then', async () => {
    const { client, answer } = await startedWithRequest();
    const [gate] = host!.functions.definitions.filter(({ logicalId }) => logicalId.startsWith('Gate'));
    const stopped = host!.stop(20_000);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    await host!.functions.invoke(gate!.logicalId, { path: '/open' });
    expect(await answer).toEqual({ body: 'done', connection: 'close' });
    expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
    await stopped;
  });

  test('does not wait for longer than that', async () => {
    const { answer } = await startedWithRequest();
    await host!.stop(10);
    expect((await answer).body).toBe('{"message":"Internal server error"}');
  });
});
