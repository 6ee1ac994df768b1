/** The rows of a local host's tables, past its permissions and its meter. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Row } from '../../../lambdas/aws/dynamo/dynamo';
import type { Host } from '../../../local/host';

/** A row with the noun of its table. */
export interface StoredRow {
  table: string;
  row: Row;
}

function clientOf(host: Host): DynamoDBClient {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return new DynamoDBClient({ endpoint: host.aws.dynamodbUrl, region: 'us-east-1', credentials });
}

/** Writes a row as if it had been there: tests that let time pass move a row's times. */
export async function putRow(host: Host, { table, row }: StoredRow): Promise<void> {
  const client = clientOf(host);
  const found = host.aws.resolver
    .ofType('AWS::DynamoDB::Table')
    .find(({ logicalId }) => logicalId.startsWith(table));
  await DynamoDBDocumentClient.from(client).send(
    new PutCommand({ TableName: host.aws.resolver.ref(found!.logicalId), Item: row }),
  );
  client.destroy();
}

/** Reads all tables. */
export async function everyRow(host: Host): Promise<StoredRow[]> {
  const client = clientOf(host);
  const documents = DynamoDBDocumentClient.from(client);
  const tables = host.aws.resolver.ofType('AWS::DynamoDB::Table');
  const scanned = await Promise.all(
    tables.map(async ({ logicalId }) => {
      const TableName = host.aws.resolver.ref(logicalId);
      const rows: StoredRow[] = [];
      let ExclusiveStartKey: StoredRow['row'] | undefined;
      do {
        const page = await documents.send(
          new ScanCommand({ TableName, ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}) }),
        );
        rows.push(...(page.Items ?? []).map((row) => ({ table: logicalId.replace(/Table.*$/, ''), row })));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
      return rows;
    }),
  );
  client.destroy();
  return scanned.flat();
}
