/**
 * The sockets of viewers, in the table `Connections`: rows of the role `viewer` under one gateway that is none, so that
 * the index `byGateway` lists them all with one key look-up.
 */
import {
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import type { ViewerStore } from '../../core/monitor/ports';
import { isLive, seconds, toRow } from '../dynamo/dynamo';

/** Stands where a runtime's socket has its gateway; no gateway's id looks so. */
const viewersKey = '#viewers';

/** Viewers' sockets in DynamoDB. */
export function viewerTable(client: DynamoDBClient, tableName: string): ViewerStore {
  return {
    async add({ connectionId, connectedAtMs, expiresAtMs }) {
      const times = { connectedAt: connectedAtMs, expiresAt: seconds(expiresAtMs) };
      const Item = toRow({ connectionId, role: 'viewer', gatewayId: viewersKey, ...times });
      await client.send(new PutItemCommand({ TableName: tableName, Item }));
    },
    async list(nowMs) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: 'byGateway',
          KeyConditionExpression: 'gatewayId = :viewers',
          ExpressionAttributeValues: toRow({ ':viewers': viewersKey }),
        }),
      );
      return Items.filter((row) => isLive(row, nowMs)).flatMap((row) => row.connectionId?.S ?? []);
    },
    async remove(connectionId) {
      await client.send(new DeleteItemCommand({ TableName: tableName, Key: toRow({ connectionId }) }));
    },
  };
}
