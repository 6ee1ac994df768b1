/** The calls as the `Rpcs` table has them, read past all policies. */
import { DYNAMODB, engineClient } from '../../../local/tables/engine-client';
import type { AwsSide } from '../../../local/types';

/** What the table says of a call. */
export interface CallRow {
  callKey: string;
  gatewayId: string;
  clientId: string;
  nonce: string;
  outcome: string | undefined;
}

/** Every call in the table. */
export async function callRows(aws: AwsSide): Promise<CallRow[]> {
  const table = aws.resolver
    .ofType('AWS::DynamoDB::Table')
    .find(({ logicalId }) => logicalId.includes('Rpcs'))!;
  const engine = engineClient(aws.dynamodbUrl);
  const rows: CallRow[] = [];
  let ExclusiveStartKey: unknown;
  do {
    const TableName = aws.resolver.ref(table.logicalId);
    const page = await engine.call(`${DYNAMODB}.Scan`, { TableName, ExclusiveStartKey });
    for (const { item, callKey, gatewayId, clientId, nonce, outcome } of page.Items) {
      if (item.S !== 'call') continue;
      rows.push({
        callKey: callKey.S,
        gatewayId: gatewayId.S,
        clientId: clientId.S,
        nonce: nonce.S,
        outcome: outcome?.S,
      });
    }
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  engine.close();
  return rows;
}
