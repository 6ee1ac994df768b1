import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { type HeldFile, holdDataFile, holderOf, runningHolderOf } from '../../../local/tables/data-file';
import { type Engine, engineBinary, freePort, startEngine } from '../../../local/tables/engine';
import { DYNAMODB, engineClient } from '../../../local/tables/engine-client';
import { started, stopAll, synthesized, temporaryDirectory, until } from '../aws-side-fixture';

const assembly = synthesized((stack) => {
  new Table(stack, 'Things', { partitionKey: { name: 'pk', type: AttributeType.STRING } });
});
const rightsOf = (file: string) => (statSync(file).mode & 0o777).toString(8);
const held: HeldFile[] = [];
const engines: Engine[] = [];
afterEach(async () => {
  await stopAll();
  for (const file of held.splice(0)) file.release();
  await Promise.all(engines.splice(0).map((engine) => engine.stop()));
});

test('the tables lie in files that their owner alone may read, in a folder of the same kind', async () => {
  const folder = join(temporaryDirectory(), 'data');
  const dbFile = join(folder, 'pairing.sqlite');
  await started(assembly, { dbFile });
  expect(rightsOf(folder)).toBe('700');
  const files = ['', '-wal', '-shm', '.holder'].map((end) => dbFile + end).filter(existsSync);
  expect(files.length).toBeGreaterThan(1);
  expect(files.map(rightsOf)).toEqual(files.map(() => '600'));
});

test('a file that was readable by others is so no more', async () => {
  const dbFile = join(temporaryDirectory(), 'pairing.sqlite');
  writeFileSync(dbFile, '', { mode: 0o644 });
  await started(assembly, { dbFile });
  expect(rightsOf(dbFile)).toBe('600');
});

test('a second server on the same file is told who holds it, and the first goes on', async () => {
  const dbFile = join(temporaryDirectory(), 'pairing.sqlite');
  const first = await started(assembly, { dbFile });
  await expect(started(assembly, { dbFile })).rejects.toThrow(
    `${dbFile} is in use by the process ${process.pid}, since 20`,
  );
  expect(await runningHolderOf(dbFile)).toMatchObject({ pid: process.pid, engineUrl: first.dynamodbUrl });
  await first.stop();
  expect(holderOf(dbFile)).toBeUndefined();
  await started(assembly, { dbFile });
});

test.each([
  ['whose process has gone', 2 ** 22 + 1],
  ['whose number is used again', process.ppid],
])('the note of a killed server %s holds nobody up', async (_, pid) => {
  const dbFile = join(temporaryDirectory(), 'pairing.sqlite');
  const engineUrl = `http://127.0.0.1:${await freePort()}`;
  writeFileSync(`${dbFile}.holder`, JSON.stringify({ pid, since: new Date().toISOString(), engineUrl }));
  held.push(await holdDataFile(dbFile));
  expect(holderOf(dbFile)?.pid).toBe(process.pid);
});

test('a server that starts is waited for by nobody, and holds the file', async () => {
  const dbFile = join(temporaryDirectory(), 'pairing.sqlite');
  const holder = { pid: process.ppid, since: new Date().toISOString() };
  writeFileSync(`${dbFile}.holder`, JSON.stringify(holder));
  await expect(holdDataFile(dbFile)).rejects.toThrow(`in use by the process ${process.ppid}`);
});

test('the engine of a killed server is waited for', async () => {
  const dbFile = join(temporaryDirectory(), 'pairing.sqlite');
  const orphan = await startEngine({ dbFile });
  engines.push(orphan);
  const gone = { pid: 2 ** 22 + 1, since: new Date().toISOString(), engineUrl: orphan.url };
  writeFileSync(`${dbFile}.holder`, JSON.stringify(gone));
  const holding = holdDataFile(dbFile);
  await orphan.stop();
  held.push(await holding);
  expect(JSON.parse(readFileSync(`${dbFile}.holder`, 'utf8')).pid).toBe(process.pid);
});

test('kill -9 in the middle of 1,000 writes loses none that was answered', async () => {
  const dbFile = join(temporaryDirectory(), 'pairing.sqlite');
  const port = await freePort();
  const place = ['serve', '--port', String(port), '--db-path', dbFile];
  const engine = spawn(engineBinary(`${process.platform}-${process.arch}`), place);
  let said = '';
  engine.stderr.on('data', (chunk) => (said += chunk));
  await until(() => /listening on/i.test(said));
  const client = engineClient(`http://127.0.0.1:${port}`, true);
  const key = { AttributeName: 'pk' };
  await client.call(`${DYNAMODB}.CreateTable`, {
    TableName: 'Things',
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ ...key, KeyType: 'HASH' }],
    AttributeDefinitions: [{ ...key, AttributeType: 'S' }],
  });
  const answered: string[] = [];
  const exited = once(engine, 'exit');
  const writes = Array.from({ length: 1_000 }, async (_, n) => {
    const pk = `row-${n}`;
    await client.call(`${DYNAMODB}.PutItem`, { TableName: 'Things', Item: { pk: { S: pk } } });
    answered.push(pk);
    if (answered.length === 400) engine.kill('SIGKILL');
  });
  const outcomes = await Promise.allSettled(writes);
  await exited;
  client.close();
  expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true);

  const again = await startEngine({ dbFile });
  engines.push(again);
  const reader = engineClient(again.url, true);
  const { Items } = await reader.call(`${DYNAMODB}.Scan`, { TableName: 'Things' });
  reader.close();
  const kept = new Set((Items as Array<{ pk: { S: string } }>).map(({ pk }) => pk.S));
  expect(answered.length).toBeGreaterThanOrEqual(400);
  expect(answered.filter((pk) => !kept.has(pk))).toEqual([]);
});
