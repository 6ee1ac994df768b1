/** Removes calls, each with whatever else has its key: progress, and what is too large for its row. */
import { type DynamoClient, deleteRows, type Row, rowsOf } from '../dynamo/dynamo';

/** How many calls are looked through at the same time. */
const callsAtOnce = 10;

/** Removes every item of these calls. */
export async function removeCalls(
  client: DynamoClient,
  tableName: string,
  callKeys: string[],
): Promise<void> {
  const itemsOf = async (callKey: string): Promise<Row[]> => {
    const items: Row[] = [];
    const pages = rowsOf(client, {
      TableName: tableName,
      KeyConditionExpression: 'callKey = :key',
      ExpressionAttributeValues: { ':key': callKey },
      ProjectionExpression: 'callKey, #item',
      ExpressionAttributeNames: { '#item': 'item' },
      ConsistentRead: true,
    });
    for await (const page of pages) items.push(...page);
    return items;
  };
  for (let at = 0; at < callKeys.length; at += callsAtOnce) {
    const items = await Promise.all(callKeys.slice(at, at + callsAtOnce).map(itemsOf));
    await deleteRows(client, tableName, ['callKey', 'item'], items.flat());
  }
}
