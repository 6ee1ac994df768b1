/**
 * `Clients`: one row per paired App.
 * gatewayId + clientId · tokenHash · label · createdAt, lastUsedAt (ms) · sockets? (see socket-set) ·
 * calls?, streams? (see lease-set) · expiresAt (s)
 */
import type { Client, ClientStore, LeaseKind } from '../../core/pairing/ports';
import { DeleteCommand, UpdateCommand } from '../dynamo/commands';
import {
  conditionally,
  type DynamoClient,
  isLive,
  type Row,
  readTogether,
  rowsOf,
  seconds,
} from '../dynamo/dynamo';
import { stayingGatewayOf } from './gateway-table';
import { dropLeases, holdLeases, leasesOf } from './lease-set';
import { enterSocket, socketsOf, textOf } from './socket-set';

/** How many rows are deleted at the same time. */
const removedAtOnce = 10;

/** Clients in DynamoDB; `gateways` is the table that a client is read together with. */
export function clientTable(
  client: DynamoClient,
  tables: { clients: string; gateways: string },
): ClientStore {
  const rowsOfGateway = (gatewayId: string) =>
    rowsOf(client, {
      TableName: tables.clients,
      KeyConditionExpression: 'gatewayId = :gateway',
      ExpressionAttributeValues: { ':gateway': gatewayId },
      ConsistentRead: true,
    });
  const keyOf = ({ gatewayId, clientId }: Pick<Client, 'gatewayId' | 'clientId'>) => ({
    TableName: tables.clients,
    Key: { gatewayId, clientId },
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
      const removing = client.send(
        new DeleteCommand({
          ...keyOf({ gatewayId, clientId }),
          ConditionExpression: 'expiresAt > :now',
          ExpressionAttributeValues: { ':now': Math.floor(nowMs / 1000) },
          ReturnValues: 'ALL_OLD',
        }),
      );
      const written = await conditionally(removing);
      return written === 'done' ? clientOf((await removing).Attributes!) : 'not-found';
    },
    async removeAll(gatewayId) {
      const removed: Client[] = [];
      for await (const page of rowsOfGateway(gatewayId)) {
        // One by one: what a row holds at its end is known from its own deletion alone.
        for (let at = 0; at < page.length; at += removedAtOnce) {
          const some = page.slice(at, at + removedAtOnce).map(({ clientId }) => {
            const Key = { gatewayId, clientId };
            return client.send(
              new DeleteCommand({ TableName: tables.clients, Key, ReturnValues: 'ALL_OLD' }),
            );
          });
          for (const { Attributes } of await Promise.all(some))
            if (Attributes) removed.push(clientOf(Attributes));
        }
      }
      return removed;
    },
    enter: ({ gatewayId, clientId, tokenHash }, socket) =>
      enterSocket(
        client,
        {
          ...keyOf({ gatewayId, clientId }),
          holds: 'tokenHash = :hash',
          values: { ':hash': tokenHash },
          isHeld: (row) => row.tokenHash === tokenHash,
        },
        socket,
      ),
    async leave({ gatewayId, clientId }, socket) {
      await conditionally(
        client.send(
          new UpdateCommand({
            ...keyOf({ gatewayId, clientId }),
            UpdateExpression: 'DELETE sockets :gone',
            ConditionExpression: 'attribute_exists(gatewayId)',
            ExpressionAttributeValues: { ':gone': new Set([textOf(socket)]) },
          }),
        ),
      );
    },
    async hold(holder, leases, nowMs, dropping) {
      const held = await holdLeases(client, keyOf(holder), holder, leases, nowMs, dropping);
      return typeof held === 'string' ? held : clientOf(held.held);
    },
    async giveBack(holder, { calls, streams }) {
      await dropLeases(client, keyOf(holder), {
        ...(calls ? { calls: [calls] } : {}),
        ...(streams ? { streams: [streams] } : {}),
      });
    },
    async used({ gatewayId, clientId, tokenHash }, atMs, expiresAtMs) {
      await conditionally(
        client.send(
          new UpdateCommand({
            ...keyOf({ gatewayId, clientId }),
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
  const { createdAtMs, lastUsedAtMs, expiresAtMs, sockets: _, calls: __, streams: ___, ...rest } = client;
  return {
    ...rest,
    createdAt: createdAtMs,
    lastUsedAt: lastUsedAtMs,
    expiresAt: seconds(expiresAtMs),
  };
}

/** Reads a row of `Clients`. */
export function clientOf(row: Row): Client {
  const { createdAt, lastUsedAt, expiresAt, sockets: _, calls: __, streams: ___, ...rest } = row;
  return {
    ...(rest as Omit<Client, 'createdAtMs' | 'lastUsedAtMs' | 'expiresAtMs' | 'sockets' | LeaseKind>),
    createdAtMs: Number(createdAt),
    lastUsedAtMs: Number(lastUsedAt),
    expiresAtMs: Number(expiresAt) * 1000,
    sockets: socketsOf(row),
    calls: leasesOf(row, 'calls'),
    streams: leasesOf(row, 'streams'),
  };
}
