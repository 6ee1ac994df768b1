import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '../../../lambdas/aws/dynamo/commands';
import { type DynamoClient, plainClient } from '../../../lambdas/aws/dynamo/dynamo';
import { eventTable } from '../../../lambdas/aws/monitor/event-table';
import { ticketTable } from '../../../lambdas/aws/monitor/ticket-table';
import { watcherTable } from '../../../lambdas/aws/monitor/watcher-table';
import { batchIds, makeBatch, packBatch } from '../../../lambdas/core/monitor/event-batch';
import { startAwsSide } from '../../../local/aws-side';
import type { AwsSide } from '../../../local/types';
import { describeMonitorStores } from '../../support/memory/monitor-store-contract';
import { stackAssembly } from '../../support/stack/synthesized';

let side: AwsSide;
let client: DynamoDBClient;
let documents: DynamoClient;

beforeAll(async () => {
  side = await startAwsSide({
    assembly: stackAssembly({}, { bundled: false }),
    connections: { post: async () => 'gone', describe: () => undefined, disconnect: () => 'gone' },
    log: () => {},
  });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  client = new DynamoDBClient({ endpoint: side.dynamodbUrl, region: 'us-east-1', credentials });
  documents = plainClient(client);
});
afterAll(async () => {
  client?.destroy();
  await side?.stop();
});

const nameOf = (noun: string) => side.resolver.ref(`${noun}Table`);

describeMonitorStores('in DynamoDB', async () => ({
  events: eventTable(documents, nameOf('MonitorEvents')),
  tickets: ticketTable(documents, nameOf('Codes')),
  watchers: watcherTable(documents, nameOf('Connections')),
}));

const nextId = batchIds(() => new Uint8Array(8));

test('an access code is no ticket', async () => {
  const TableName = nameOf('Codes');
  const Item = { codeHash: 'a-code', gatewayId: 'gw_1', expiresAt: 2_000_000_000 };
  await documents.send(new PutCommand({ TableName, Item }));
  expect(await ticketTable(documents, TableName).take('a-code', 1_800_000_000_000)).toBe('dead');
});

test('a batch past its time is not read, and neither is a row that cannot be read', async () => {
  const store = eventTable(documents, nameOf('MonitorEvents'));
  const atMs = 1_900_000_000_000;
  const batch = makeBatch(nextId(atMs), [{ type: 'relay.rate_limited', atMs, gatewayId: 'gw_E' }]);
  await store.append(batch);
  const all = async (nowMs: number) => {
    const range = { from: batch.batchId, order: 'newest-first', limit: 10 } as const;
    const pages = await Promise.all(store.shards.map((shard) => store.read(shard, range, nowMs)));
    return pages.flatMap(({ batches }) => batches);
  };
  const row = { shardId: 's0', batchId: nextId(atMs + 1), events: '{"not":"a batch"}' };
  await documents.send(new PutCommand({ TableName: nameOf('MonitorEvents'), Item: row }));
  expect(await all(atMs)).toEqual([batch]);
  expect(await all(atMs + 49 * 60 * 60_000)).toEqual([]);
});

test('a short call with long ids and names is one item of less than 1 KB', () => {
  const atMs = 1_900_000_000_000;
  const facts = {
    gatewayId: `gw_${'g'.repeat(16)}`,
    clientId: `cl_${'c'.repeat(16)}`,
    requestId: '0b1f5ac2-7b1a-4f2c-9a51-2f3b1d9ad001',
    rpcId: `rpc_${'r'.repeat(30)}`,
    method: 'a.method.name/'.repeat(9),
    atMs,
  };
  const batch = makeBatch(nextId(atMs), [
    { type: 'relay.rpc.request', ...facts },
    { type: 'relay.rpc.command_sent', bytes: 30_000, ...facts },
    { type: 'relay.websocket.message', bytes: 30_000, ...facts },
    { type: 'relay.rpc.success', outcome: 'answered', status: 200, durationMs: 900, ...facts },
  ]);
  const names = 'shardIdbatchIdeventsexpiresAt'.length;
  const keys = 's0'.length + batch.batchId.length + 8;
  expect(Buffer.byteLength(packBatch(batch)) + names + keys).toBeLessThan(1024);
});
