/**
 * What an owner's decisions do to a gateway's calls. The index `byGateway` of `Rpcs` names the calls; whatever else has a
 * call's key goes with it.
 */
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { CallStore } from '../../core/call/ports';
import type { CallSweep } from '../../core/pairing/ports';
import { limits } from '../../core/wire/limits';
import { deleteRows, type Row, rowsOf } from '../dynamo/dynamo';

/** How many calls are looked through at the same time. */
const callsAtOnce = 10;

/** The sweep over the table of calls. */
export function callSweep(client: DynamoDBDocumentClient, tableName: string, calls: CallStore): CallSweep {
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
  return {
    async removeAll(gatewayId) {
      const pages = rowsOf(client, {
        TableName: tableName,
        IndexName: 'byGateway',
        KeyConditionExpression: 'gatewayId = :gateway',
        ExpressionAttributeValues: { ':gateway': gatewayId },
      });
      for await (const page of pages) {
        const keys = [...new Set(page.map((row) => String(row.callKey)))];
        for (let at = 0; at < keys.length; at += callsAtOnce) {
          const items = await Promise.all(keys.slice(at, at + callsAtOnce).map(itemsOf));
          await deleteRows(client, tableName, ['callKey', 'item'], items.flat());
        }
      }
    },
    async withdrawAll(gatewayId, from, nowMs) {
      const sockets = from.map(({ connectionId }) => connectionId);
      const openedSinceMs = nowMs - limits.maxStreamTimeoutMs;
      let after: string | undefined;
      do {
        const page = await calls.ofGateway(gatewayId, { openedSinceMs, after, nowMs });
        const theirs = page.calls.filter(({ end, sentTo }) => !end && sockets.includes(sentTo ?? ''));
        await Promise.all(theirs.map((call) => calls.withdraw(call, sockets)));
        after = page.next;
      } while (after !== undefined);
    },
  };
}
