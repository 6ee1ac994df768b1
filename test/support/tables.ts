/** Every row of every table of a local host, past its permissions and its meter. */
import { type AttributeValue, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Host } from '../../local/host';

/** A row with the noun of its table. */
export interface StoredRow {
  table: string;
  row: Record<string, AttributeValue>;
}

/** Reads all tables. */
export async function everyRow(host: Host): Promise<StoredRow[]> {
  const client = new DynamoDBClient({
    endpoint: host.aws.dynamodbUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const tables = host.aws.resolver.ofType('AWS::DynamoDB::Table');
  const scanned = await Promise.all(
    tables.map(async ({ logicalId }) => {
      const TableName = host.aws.resolver.ref(logicalId);
      const rows: StoredRow[] = [];
      let ExclusiveStartKey: StoredRow['row'] | undefined;
      do {
        const page = await client.send(
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
