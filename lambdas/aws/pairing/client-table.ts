/**
 * `Clients`: one row per paired App.
 * gatewayId + clientId · tokenHash · label · createdAt, lastUsedAt (ms) · expiresAt (s)
 */
import { DeleteItemCommand, type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Client, ClientStore } from '../../core/pairing/ports';
import {
  conditionally,
  deleteRows,
  fromRow,
  isLive,
  type Row,
  readTogether,
  rowsOf,
  seconds,
  toRow,
} from '../dynamo/dynamo';
import { stayingGatewayOf } from './gateway-table';

/** Clients in DynamoDB; `gateways` is the table that a client is read together with. */
export function clientTable(
  client: DynamoDBClient,
  tables: { clients: string; gateways: string },
): ClientStore {
  const rowsOfGateway = (gatewayId: string) =>
    rowsOf(client, {
      TableName: tables.clients,
      KeyConditionExpression: 'gatewayId = :gateway',
      ExpressionAttributeValues: toRow({ ':gateway': gatewayId }),
      ConsistentRead: true,
    });
  return {
    async readWithGateway(gatewayId, clientId, nowMs) {
      const rows = await readTogether(client, {
        [tables.clients]: { Keys: [toRow({ gatewayId, clientId })], ConsistentRead: true },
        [tables.gateways]: { Keys: [toRow({ gatewayId })], ConsistentRead: true },
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
          new DeleteItemCommand({
            TableName: tables.clients,
            Key: toRow({ gatewayId, clientId }),
            ConditionExpression: 'expiresAt > :now',
            ExpressionAttributeValues: toRow({ ':now': Math.floor(nowMs / 1000) }),
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
          new UpdateItemCommand({
            TableName: tables.clients,
            Key: toRow({ gatewayId, clientId }),
            UpdateExpression: 'SET lastUsedAt = :at, expiresAt = :expires',
            // Not revoked in the meantime.
            ConditionExpression: 'tokenHash = :hash',
            ExpressionAttributeValues: toRow({
              ':at': atMs,
              ':expires': seconds(expiresAtMs),
              ':hash': tokenHash,
            }),
          }),
        ),
      );
    },
  };
}

/** A client as its row. */
export function clientRow(client: Client): Row {
  const { createdAtMs, lastUsedAtMs, expiresAtMs, ...rest } = client;
  return toRow({
    ...rest,
    createdAt: createdAtMs,
    lastUsedAt: lastUsedAtMs,
    expiresAt: seconds(expiresAtMs),
  });
}

/** Reads a row of `Clients`. */
export function clientOf(row: Row): Client {
  const { createdAt, lastUsedAt, expiresAt, ...rest } = fromRow(row);
  return {
    ...(rest as Omit<Client, 'createdAtMs' | 'lastUsedAtMs' | 'expiresAtMs'>),
    createdAtMs: Number(createdAt),
    lastUsedAtMs: Number(lastUsedAt),
    expiresAtMs: Number(expiresAt) * 1000,
  };
}
