/**
 * `Connections`: one row per open socket.
 * connectionId · role · gatewayId · clientId? · secretHash? · connectedAt (ms) · expiresAt (s)
 * Index `byGateway`: gatewayId + connectedAt.
 */
import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Connection, ConnectionStore } from '../../core/presence/ports';
import { fromRow, isLive, type Row, rowsOf, seconds, toRow } from '../dynamo/dynamo';

/** Connections in DynamoDB. */
export function connectionTable(client: DynamoDBClient, tableName: string): ConnectionStore {
  return {
    async put(connection) {
      const { connectedAtMs, expiresAtMs, ...rest } = connection;
      const Item = toRow({ ...rest, connectedAt: connectedAtMs, expiresAt: seconds(expiresAtMs) });
      await client.send(new PutItemCommand({ TableName: tableName, Item }));
    },
    async read(connectionId, nowMs) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: tableName, Key: toRow({ connectionId }), ConsistentRead: true }),
      );
      return isLive(Item, nowMs) ? connectionOf(Item) : undefined;
    },
    async remove(connectionId) {
      await client.send(new DeleteItemCommand({ TableName: tableName, Key: toRow({ connectionId }) }));
    },
    async ofGateway(gatewayId, nowMs) {
      const live: Connection[] = [];
      const pages = rowsOf(client, {
        TableName: tableName,
        IndexName: 'byGateway',
        KeyConditionExpression: 'gatewayId = :gateway',
        ExpressionAttributeValues: toRow({ ':gateway': gatewayId }),
        ScanIndexForward: false,
      });
      for await (const page of pages)
        live.push(...page.filter((row) => isLive(row, nowMs)).map(connectionOf));
      return live;
    },
  };
}

function connectionOf(row: Row): Connection {
  const { connectedAt, expiresAt, ...rest } = fromRow(row);
  return {
    ...(rest as Omit<Connection, 'connectedAtMs' | 'expiresAtMs'>),
    connectedAtMs: Number(connectedAt),
    expiresAtMs: Number(expiresAt) * 1000,
  };
}
