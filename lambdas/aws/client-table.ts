/**
 * `Clients`: one row per paired App.
 * gatewayId + clientId · tokenHash · label · createdAt, lastUsedAt (ms) · expiresAt (s)
 */
import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Client, ClientStore } from '../core/ports';
import { fromRow, isLive, type Row, seconds, toRow } from './dynamo';
import { gatewayOf } from './gateway-table';

/** Clients in DynamoDB; `gateways` is the table that a client is read together with. */
export function clientTable(
  client: DynamoDBClient,
  tables: { clients: string; gateways: string },
): ClientStore {
  return {
    async readWithGateway(gatewayId, clientId, nowMs) {
      const { Responses } = await client.send(
        new BatchGetItemCommand({
          RequestItems: {
            [tables.clients]: { Keys: [toRow({ gatewayId, clientId })], ConsistentRead: true },
            [tables.gateways]: { Keys: [toRow({ gatewayId })], ConsistentRead: true },
          },
        }),
      );
      const row = Responses?.[tables.clients]?.[0];
      const gatewayRow = Responses?.[tables.gateways]?.[0];
      return {
        ...(isLive(row, nowMs) ? { client: clientOf(row) } : {}),
        ...(gatewayRow ? { gateway: gatewayOf(gatewayRow) } : {}),
      };
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
