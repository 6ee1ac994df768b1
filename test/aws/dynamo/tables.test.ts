import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { callTable } from '../../../lambdas/aws/call/call-table';
import { type DynamoClient, plainClient } from '../../../lambdas/aws/dynamo/dynamo';
import { attemptTable } from '../../../lambdas/aws/pairing/attempt-table';
import { clientTable } from '../../../lambdas/aws/pairing/client-table';
import { codeTable } from '../../../lambdas/aws/pairing/code-table';
import { descriptorTable } from '../../../lambdas/aws/pairing/descriptor-table';
import { gatewayTable } from '../../../lambdas/aws/pairing/gateway-table';
import { connectionTable } from '../../../lambdas/aws/presence/connection-table';
import { startAwsSide } from '../../../local/aws-side';
import type { AwsSide, ConnectionsBackend } from '../../../local/types';
import { describeStores } from '../../support/memory/store-contract';
import { stackAssembly } from '../../support/stack/synthesized';

const noSockets: ConnectionsBackend = {
  post: async () => 'gone',
  describe: () => undefined,
  disconnect: () => 'gone',
};

let side: AwsSide;
let client: DynamoDBClient;
let documents: DynamoClient;

afterAll(async () => {
  client?.destroy();
  await side?.stop();
});

const nameOf = (noun: string) => {
  const table = side.resolver
    .ofType('AWS::DynamoDB::Table')
    .find(({ logicalId }) => logicalId.includes(noun));
  return side.resolver.ref(table!.logicalId);
};

function engineClient(): DynamoDBClient {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return new DynamoDBClient({ endpoint: side.dynamodbUrl, region: 'us-east-1', credentials });
}

/** The tables as the stack defines them, on the engine of the local host. */
async function tables() {
  side = await startAwsSide({
    assembly: stackAssembly({}, { bundled: false }),
    connections: noSockets,
    log: () => {},
  });
  client = engineClient();
  documents = plainClient(client);
  const [codes, gateways, clients] = [nameOf('Codes'), nameOf('Gateways'), nameOf('Clients')];
  return {
    gateways: gatewayTable(documents, gateways),
    pairings: codeTable(documents, { codes, gateways, clients: () => clients }),
    attempts: attemptTable(documents, nameOf('Attempts')),
    descriptors: descriptorTable(documents, codes),
    clients: clientTable(documents, { clients, gateways }),
    connections: connectionTable(documents, nameOf('Connections')),
    calls: callTable(documents, nameOf('Rpcs')),
  };
}

describeStores('in DynamoDB', tables);

test('a row stands in its table in the types that earlier versions wrote, and without what is undefined', async () => {
  const rpcs = callTable(documents, nameOf('Rpcs'));
  const call = { callKey: 'key', nonce: 'n', gatewayId: 'gw', clientId: 'cl', method: 'echo', digest: 'd' };
  const times = {
    openedAtMs: 1_800_000_000_000,
    deadlineMs: 1_800_000_030_000,
    expiresAtMs: 1_800_000_630_000,
  };
  await rpcs.open({ ...call, ...times, sentTo: undefined, params: { a: 1 } } as never, times.openedAtMs);
  const Key = { callKey: { S: 'key' }, item: { S: 'call' } };
  const raw = engineClient();
  const { Item } = await raw.send(new GetItemCommand({ TableName: nameOf('Rpcs'), Key }));
  raw.destroy();
  expect(Item).toEqual({
    ...Key,
    nonce: { S: 'n' },
    gatewayId: { S: 'gw' },
    clientId: { S: 'cl' },
    method: { S: 'echo' },
    digest: { S: 'd' },
    openedAt: { N: '1800000000000' },
    deadline: { N: '1800000030000' },
    expiresAt: { N: '1800000630' },
    params: { B: new Uint8Array(Buffer.from('\0{"a":1}')) },
  });
});
