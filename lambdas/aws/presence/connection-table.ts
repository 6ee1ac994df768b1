/**
 * `Connections`: one row per open socket.
 * connectionId · role · gatewayId · clientId? · secretHash? · connectedAt (ms) · expiresAt (s)
 * Index `byGateway`: gatewayId + connectedAt.
 */
import { DeleteCommand, type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Connection, ConnectionStore } from '../../core/presence/ports';
import { isLive, type Row, rowsOf, seconds } from '../dynamo/dynamo';

/** Connections in DynamoDB. */
export function connectionTable(client: DynamoDBDocumentClient, tableName: string): ConnectionStore {
  return {
    async put(connection) {
      const { connectedAtMs, expiresAtMs, ...rest } = connection;
      const Item = { ...rest, connectedAt: connectedAtMs, expiresAt: seconds(expiresAtMs) };
      await client.send(new PutCommand({ TableName: tableName, Item }));
    },
    async read(connectionId, nowMs) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: { connectionId }, ConsistentRead: true }),
      );
      return isLive(Item, nowMs) ? connectionOf(Item) : undefined;
    },
    async remove(connectionId) {
      await client.send(new DeleteCommand({ TableName: tableName, Key: { connectionId } }));
    },
    async ofGateway(gatewayId, nowMs) {
      const live: Connection[] = [];
      const pages = rowsOf(client, {
        TableName: tableName,
        IndexName: 'byGateway',
        KeyConditionExpression: 'gatewayId = :gateway',
        ExpressionAttributeValues: { ':gateway': gatewayId },
        ScanIndexForward: false,
      });
      for await (const page of pages)
        live.push(...page.filter((row) => isLive(row, nowMs)).map(connectionOf));
      return live;
    },
  };
}

function connectionOf(row: Row): Connection {
  const { connectedAt, expiresAt, ...rest } = row;
  return {
    ...(rest as Omit<Connection, 'connectedAtMs' | 'expiresAtMs'>),
    connectedAtMs: Number(connectedAt),
    expiresAtMs: Number(expiresAt) * 1000,
  };
}
