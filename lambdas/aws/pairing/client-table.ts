/**
 * `Clients`: one row per paired App.
 * gatewayId + clientId · tokenHash · label · createdAt, lastUsedAt (ms) · expiresAt (s)
 */
import { DeleteCommand, type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Client, ClientStore } from '../../core/pairing/ports';
import { conditionally, deleteRows, isLive, type Row, readTogether, rowsOf, seconds } from '../dynamo/dynamo';
import { stayingGatewayOf } from './gateway-table';

/** Clients in DynamoDB; `gateways` is the table that a client is read together with. */
export function clientTable(
  client: DynamoDBDocumentClient,
  tables: { clients: string; gateways: string },
): ClientStore {
  const rowsOfGateway = (gatewayId: string) =>
    rowsOf(client, {
      TableName: tables.clients,
      KeyConditionExpression: 'gatewayId = :gateway',
      ExpressionAttributeValues: { ':gateway': gatewayId },
      ConsistentRead: true,
    });
  return {
    async readWithGateway(gatewayId, clientId, nowMs) {
      const rows = await readTogether(client, {
        [tables.clients]: { Keys: [{ gatewayId, clientId }], ConsistentRead: true },
        [tables.gateways]: { Keys: [{ gatewayId }], ConsistentRead: true },
      });
      const row = rows[tables.clients]?.[0];
      const gateway = stayingGatewayOf(rows[tables.gateways]?.[0]);
      return {
        ...(isLive(row, nowMs) ? { client: clientOf(row) } : {}),
        ...(gateway ? { gateway } : {}),
      };
    },
    async list(gatewayId, nowMs) {
      const live: Client[] = [];
      for await (const page of rowsOfGateway(gatewayId)) {
        live.push(...page.filter((row) => isLive(row, nowMs)).map(clientOf));
      }
      return live;
    },
    async remove(gatewayId, clientId, nowMs) {
      const written = await conditionally(
        client.send(
          new DeleteCommand({
            TableName: tables.clients,
            Key: { gatewayId, clientId },
            ConditionExpression: 'expiresAt > :now',
            ExpressionAttributeValues: { ':now': Math.floor(nowMs / 1000) },
          }),
        ),
      );
      return written === 'done' ? 'removed' : 'not-found';
    },
    async removeAll(gatewayId) {
      for await (const page of rowsOfGateway(gatewayId)) {
        await deleteRows(client, tables.clients, ['gatewayId', 'clientId'], page);
      }
    },
    async used({ gatewayId, clientId, tokenHash }, atMs, expiresAtMs) {
      await conditionally(
        client.send(
          new UpdateCommand({
            TableName: tables.clients,
            Key: { gatewayId, clientId },
            UpdateExpression: 'SET lastUsedAt = :at, expiresAt = :expires',
            // Not revoked in the meantime.
            ConditionExpression: 'tokenHash = :hash',
            ExpressionAttributeValues: {
              ':at': atMs,
              ':expires': seconds(expiresAtMs),
              ':hash': tokenHash,
            },
          }),
        ),
      );
    },
  };
}

/** A client as its row. */
export function clientRow(client: Client): Row {
  const { createdAtMs, lastUsedAtMs, expiresAtMs, ...rest } = client;
  return {
    ...rest,
    createdAt: createdAtMs,
    lastUsedAt: lastUsedAtMs,
    expiresAt: seconds(expiresAtMs),
  };
}

/** Reads a row of `Clients`. */
export function clientOf(row: Row): Client {
  const { createdAt, lastUsedAt, expiresAt, ...rest } = row;
  return {
    ...(rest as Omit<Client, 'createdAtMs' | 'lastUsedAtMs' | 'expiresAtMs'>),
    createdAtMs: Number(createdAt),
    lastUsedAtMs: Number(lastUsedAt),
    expiresAtMs: Number(expiresAt) * 1000,
  };
}
