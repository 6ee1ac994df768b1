/**
 * Removes every call of a gateway, each with all its items: the index `byGateway` of `Rpcs` names the calls, and
 * whatever else has a call's key goes with it.
 */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { CallSweep } from '../../core/pairing/ports';
import { deleteRows, type Row, rowsOf, toRow } from '../dynamo/dynamo';

/** How many calls are looked through at the same time. */
const callsAtOnce = 10;

/** The sweep over the table of calls. */
export function callSweep(client: DynamoDBClient, tableName: string): CallSweep {
  const itemsOf = async (callKey: string): Promise<Row[]> => {
    const items: Row[] = [];
    const pages = rowsOf(client, {
      TableName: tableName,
      KeyConditionExpression: 'callKey = :key',
      ExpressionAttributeValues: toRow({ ':key': callKey }),
      ProjectionExpression: 'callKey, #item',
      ExpressionAttributeNames: { '#item': 'item' },
      ConsistentRead: true,
    });
    for await (const page of pages) items.push(...page);
    return items;
  };
  return {
    async removeAll(gatewayId) {
      const calls = rowsOf(client, {
        TableName: tableName,
        IndexName: 'byGateway',
        KeyConditionExpression: 'gatewayId = :gateway',
        ExpressionAttributeValues: toRow({ ':gateway': gatewayId }),
      });
      for await (const page of calls) {
        const keys = [...new Set(page.map((row) => row.callKey?.S ?? ''))];
        for (let at = 0; at < keys.length; at += callsAtOnce) {
          const items = await Promise.all(keys.slice(at, at + callsAtOnce).map(itemsOf));
          await deleteRows(client, tableName, ['callKey', 'item'], items.flat());
        }
      }
    },
  };
}
