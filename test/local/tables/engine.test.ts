import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { type Attribute, AttributeType, type ITable, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { freePort, startEngine } from '../../../local/tables/engine';
import { DYNAMODB, engineClient } from '../../../local/tables/engine-client';
import type { Invoke } from '../../../local/types';
import {
  clientsOf,
  fn,
  logicalId,
  started,
  stopAll,
  synthesized,
  temporaryDirectory,
  until,
} from '../aws-side-fixture';

const text = (name: string): Attribute => ({ name, type: AttributeType.STRING });
const stackWithKey = (key: string) =>
  synthesized((stack) => {
    const table = new Table(stack, 'Things', {
      tableName: 'Things',
      partitionKey: text(key),
      timeToLiveAttribute: 'ttl',
      stream: StreamViewType.NEW_IMAGE,
    });
    const handler = fn(stack, 'Handler');
    table.grantReadWriteData(handler);
    handler.addEventSource(
      new DynamoEventSource(table as ITable, { startingPosition: StartingPosition.TRIM_HORIZON }),
    );
  });
const assembly = stackWithKey('pk');
const s = (value: string) => ({ S: value });

afterEach(stopAll);

test('a platform without a binary gets one sentence that names the package and the way out', async () => {
  await expect(startEngine({ platform: 'plan9-mips', env: {} })).rejects.toThrow(
    'The DynamoDB engine for this platform, the npm package @dynoxide/plan9-mips, is not installed: ' +
      'install it, or set AWS_ENDPOINT_URL_DYNAMODB to the URL of any other DynamoDB-compatible engine.',
  );
});

test('an endpoint of the user takes the place of the engine', async () => {
  const env = { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:4566' };
  expect((await startEngine({ platform: 'plan9-mips', env })).url).toBe('http://127.0.0.1:4566');
});

test('a stopped engine does not answer any more', async () => {
  const engine = await startEngine({ env: {} });
  const client = engineClient(engine.url);
  await expect(client.call(`${DYNAMODB}.ListTables`, {})).resolves.toEqual({ TableNames: [] });
  await engine.stop();
  await expect(client.call(`${DYNAMODB}.ListTables`, {})).rejects.toThrow('ECONNREFUSED');
});

test('the engine dies with a host that is killed', async () => {
  const script = `const { startEngine } = require(${JSON.stringify(join(__dirname, '../../../local/tables/engine.ts'))});
    startEngine({ env: {} }).then(({ url }) => console.log(url));
    setInterval(() => {}, 1000);`;
  const host = spawn(process.execPath, ['--require', require.resolve('tsx/cjs'), '-e', script]);
  const url = await new Promise<string>((done) =>
    host.stdout.once('data', (line) => done(String(line).trim())),
  );
  const answers = async () =>
    await fetch(url).then(
      () => true,
      () => false,
    );
  expect(await answers()).toBe(true);
  host.kill('SIGKILL');
  while (await answers()) await new Promise((again) => setTimeout(again, 10));
});

describe('a database file', () => {
  const put = new PutItemCommand({ TableName: 'Things', Item: { pk: s('kept'), ttl: { N: '1' } } });
  const get = new GetItemCommand({ TableName: 'Things', Key: { pk: s('kept') } });
  const handler = logicalId(assembly, 'AWS::Lambda::Function');

  test('keeps rows over a restart, expired ones as well', async () => {
    const dbFile = join(temporaryDirectory(), 'local.db');
    await clientsOf(await started(assembly, { dbFile }), handler).dynamodb.send(put);
    await stopAll();
    const { Item } = await clientsOf(await started(assembly, { dbFile }), handler).dynamodb.send(get);
    expect(Item?.pk).toEqual(s('kept'));
  });

  test('does not deliver the records of an earlier run again', async () => {
    const dbFile = join(temporaryDirectory(), 'local.db');
    await clientsOf(await started(assembly, { dbFile }), handler).dynamodb.send(put);
    await stopAll();
    const side = await started(assembly, { dbFile });
    const delivered: string[] = [];
    const invoke: Invoke = async (_function, event) => delivered.push(JSON.stringify(event));
    side.startEventSources(invoke);
    const next = new PutItemCommand({ TableName: 'Things', Item: { pk: s('next') } });
    await clientsOf(side, handler).dynamodb.send(next);
    await until(() => delivered.length > 0);
    expect(delivered.join()).toContain('next');
    expect(delivered.join()).not.toContain('kept');
  });

  test('with other keys than the stack has is refused', async () => {
    const dbFile = join(temporaryDirectory(), 'local.db');
    await started(assembly, { dbFile });
    await stopAll();
    await expect(started(stackWithKey('id'), { dbFile })).rejects.toThrow(
      /kept table Things has other keys.*HASH pk:S.*HASH id:S.*start with another database file/,
    );
  });
});

test('a port that another program took first is left alone, and the next one tried', async () => {
  const stranger = createServer((_, response) => response.end('not DynamoDB'));
  await new Promise<void>((done) => stranger.listen(0, '127.0.0.1', done));
  const taken = (stranger.address() as AddressInfo).port;
  const offered = [taken, await freePort()];
  const choosePort = async () => offered.shift()!;
  const engine = await startEngine({ env: {}, choosePort });
  expect(offered).toEqual([]);
  expect(engine.url).not.toContain(String(taken));
  await engine.stop();
  await new Promise((done) => stranger.close(done));
});
