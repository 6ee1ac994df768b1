/**
 * `Connections`: one row per open socket.
 * connectionId · role · gatewayId · clientId? · credentialHash? · openedAt (ms) · expiresAt (s)
 * One more row lists who watches the monitor (see watcher-table).
 */
import type { Connection, ConnectionStore } from '../../core/presence/ports';
import { DeleteCommand, GetCommand, PutCommand } from '../dynamo/commands';
import { type DynamoClient, isLive, type Row, seconds } from '../dynamo/dynamo';

/** Connections in DynamoDB. */
export function connectionTable(client: DynamoClient, tableName: string): ConnectionStore {
  return {
    async put(connection) {
      const { connectedAtMs, expiresAtMs, ...rest } = connection;
      const Item = { ...rest, openedAt: connectedAtMs, expiresAt: seconds(expiresAtMs) };
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
  };
}

function connectionOf(row: Row): Connection {
  // A row of an earlier version calls it `connectedAt`.
  const { openedAt, connectedAt, expiresAt, ...rest } = row;
  return {
    ...(rest as Omit<Connection, 'connectedAtMs' | 'expiresAtMs'>),
    connectedAtMs: Number(openedAt ?? connectedAt),
    expiresAtMs: Number(expiresAt) * 1000,
  };
}
