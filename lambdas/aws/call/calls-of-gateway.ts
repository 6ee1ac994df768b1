/** The calls of one gateway through the index `byGateway`: keys only, so each call is then read by its key. */
import { BatchGetCommand, type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { CallStore } from '../../core/call/ports';
import type { StoredCall } from '../../core/call/states';
import { isLive, type Row } from '../dynamo/dynamo';

/** One BatchGetItem takes 100 keys: so many calls are looked at for one page, whatever became of them. */
const pageSize = 100;

/** One page, newest first. `next` is the place in the index, `<openedAt>.<callKey>`. */
export async function callsOfGateway(
  client: DynamoDBDocumentClient,
  TableName: string,
  gatewayId: string,
  page: Parameters<CallStore['ofGateway']>[1],
  callOf: (row: Row) => Promise<StoredCall>,
): Promise<{ calls: StoredCall[]; next?: string }> {
  const found = await client.send(
    new QueryCommand({
      TableName,
      IndexName: 'byGateway',
      KeyConditionExpression: 'gatewayId = :gateway AND openedAt >= :since',
      ExpressionAttributeValues: { ':gateway': gatewayId, ':since': page.openedSinceMs },
      ScanIndexForward: false,
      Limit: pageSize,
      ...(page.after ? { ExclusiveStartKey: placeOf(gatewayId, page.after) } : {}),
    }),
  );
  const keys = (found.Items ?? []).map(({ callKey, item }) => ({ callKey, item }));
  const rows = keys.length === 0 ? [] : await readAll(client, TableName, keys);
  const live = rows.filter((row) => isLive(row, page.nowMs));
  const calls = await Promise.all(live.map(callOf));
  const last = found.LastEvaluatedKey;
  return {
    calls: calls.sort((a, b) => b.openedAtMs - a.openedAtMs),
    ...(last ? { next: `${last.openedAt}.${last.callKey}` } : {}),
  };
}

/** What DynamoDB did not process is asked for again; what it then still holds back is left out. */
async function readAll(client: DynamoDBDocumentClient, table: string, keys: Row[]): Promise<Row[]> {
  const rows: Row[] = [];
  let left = keys;
  for (let tries = 0; left.length > 0 && tries < 3; tries++) {
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetCommand({ RequestItems: { [table]: { Keys: left, ConsistentRead: true } } }),
    );
    rows.push(...(Responses?.[table] ?? []));
    left = UnprocessedKeys?.[table]?.Keys ?? [];
  }
  return rows;
}

function placeOf(gatewayId: string, after: string): Row {
  const dot = after.indexOf('.');
  return { gatewayId, callKey: after.slice(dot + 1), item: 'call', openedAt: Number(after.slice(0, dot)) };
}
