import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { callTable } from '../../../lambdas/aws/call/call-table';
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

afterAll(async () => {
  client?.destroy();
  await side?.stop();
});

/** The tables as the stack defines them, on the engine of the local host. */
async function tables() {
  side = await startAwsSide({
    assembly: stackAssembly({}, { bundled: false }),
    connections: noSockets,
    log: () => {},
  });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  client = new DynamoDBClient({ endpoint: side.dynamodbUrl, region: 'us-east-1', credentials });
  const nameOf = (noun: string) => {
    const table = side.resolver
      .ofType('AWS::DynamoDB::Table')
      .find(({ logicalId }) => logicalId.includes(noun));
    return side.resolver.ref(table!.logicalId);
  };
  const [codes, gateways, clients] = [nameOf('Codes'), nameOf('Gateways'), nameOf('Clients')];
  return {
    gateways: gatewayTable(client, gateways),
    pairings: codeTable(client, { codes, gateways, clients: () => clients }),
    attempts: attemptTable(client, nameOf('Attempts')),
    descriptors: descriptorTable(client, codes),
    clients: clientTable(client, { clients, gateways }),
    connections: connectionTable(client, nameOf('Connections')),
    calls: callTable(client, nameOf('Rpcs')),
  };
}

describeStores('in DynamoDB', tables);
