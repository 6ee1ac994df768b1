/**
 * The sockets of viewers, in the table `Connections`: rows of the role `viewer` under one gateway that is none, so that
 * the index `byGateway` lists them all with one key look-up.
 */
import { DeleteCommand, type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { ViewerStore } from '../../core/monitor/ports';
import { isLive, seconds } from '../dynamo/dynamo';

/** Stands where a runtime's socket has its gateway; no gateway's id looks so. */
const viewersKey = '#viewers';

/** Viewers' sockets in DynamoDB. */
export function viewerTable(client: DynamoDBDocumentClient, tableName: string): ViewerStore {
  return {
    async add({ connectionId, connectedAtMs, expiresAtMs }) {
      const times = { connectedAt: connectedAtMs, expiresAt: seconds(expiresAtMs) };
      const Item = { connectionId, role: 'viewer', gatewayId: viewersKey, ...times };
      await client.send(new PutCommand({ TableName: tableName, Item }));
    },
    async list(nowMs) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: 'byGateway',
          KeyConditionExpression: 'gatewayId = :viewers',
          ExpressionAttributeValues: { ':viewers': viewersKey },
        }),
      );
      return Items.filter((row) => isLive(row, nowMs)).map((row) => String(row.connectionId));
    },
    async remove(connectionId) {
      await client.send(new DeleteCommand({ TableName: tableName, Key: { connectionId } }));
    },
  };
}
