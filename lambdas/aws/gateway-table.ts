/**
 * `Gateways`: one row per registered runtime.
 * gatewayId · secretHash · runtimeType, displayName, machineId?, capabilities (JSON text) · createdAt (ms) ·
 * accessCodeHash? · connectionId?, connectedAt? (the socket in charge) · leftAt?, lastSeenAt? (ms) · features?
 */
import {
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Gateway, GatewayStore } from '../core/ports';
import { conditionally, fromRow, type Row, toRow } from './dynamo';

/** Gateways in DynamoDB. */
export function gatewayTable(client: DynamoDBClient, tableName: string): GatewayStore {
  const keyOf = (gatewayId: string) => ({ TableName: tableName, Key: { gatewayId: { S: gatewayId } } });
  return {
    async read(gatewayId) {
      const { Item } = await client.send(new GetItemCommand({ ...keyOf(gatewayId), ConsistentRead: true }));
      return Item && gatewayOf(Item);
    },
    async create(gateway) {
      const { capabilities, createdAtMs, ...rest } = gateway;
      const written = await conditionally(
        client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: toRow({ ...rest, createdAt: createdAtMs, capabilities: JSON.stringify(capabilities) }),
            ConditionExpression: 'attribute_not_exists(gatewayId)',
          }),
        ),
      );
      return written === 'done' ? 'created' : 'exists';
    },
    async describe(gatewayId, details) {
      const forget = details.machineId === undefined ? ' REMOVE machineId' : '';
      const written = await conditionally(
        client.send(
          new UpdateItemCommand({
            ...keyOf(gatewayId),
            UpdateExpression: `SET runtimeType = :type, displayName = :name, capabilities = :can${forget ? '' : ', machineId = :machine'}${forget}`,
            ConditionExpression: 'attribute_exists(gatewayId)',
            ExpressionAttributeValues: toRow({
              ':type': details.runtimeType,
              ':name': details.displayName,
              ':can': JSON.stringify(details.capabilities),
              ':machine': details.machineId,
            }),
          }),
        ),
      );
      return written === 'done' ? 'described' : 'gone';
    },
    async attach(gatewayId, socket) {
      const written = await conditionally(
        client.send(
          new UpdateItemCommand({
            ...keyOf(gatewayId),
            UpdateExpression: 'SET connectionId = :id, connectedAt = :at, lastSeenAt = :at',
            ConditionExpression:
              'attribute_exists(gatewayId) AND (attribute_not_exists(connectedAt) OR connectedAt <= :at)',
            ExpressionAttributeValues: toRow({ ':id': socket.connectionId, ':at': socket.connectedAtMs }),
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      );
      if (written === 'done') return 'attached';
      return written.standing ? 'superseded' : 'gone';
    },
    async detach(gatewayId, connectionId, atMs) {
      const written = await conditionally(
        client.send(
          new UpdateItemCommand({
            ...keyOf(gatewayId),
            UpdateExpression: 'SET leftAt = :at REMOVE connectionId, connectedAt',
            ConditionExpression: 'connectionId = :id',
            ExpressionAttributeValues: toRow({ ':id': connectionId, ':at': atMs }),
          }),
        ),
      );
      return written === 'done' ? 'detached' : 'not-in-charge';
    },
    async seen(gatewayId, atMs, features) {
      await conditionally(
        client.send(
          new UpdateItemCommand({
            ...keyOf(gatewayId),
            UpdateExpression: `SET lastSeenAt = :at${features ? ', features = :features' : ''}`,
            ConditionExpression: 'attribute_exists(gatewayId)',
            ExpressionAttributeValues: toRow({ ':at': atMs, ':features': features }),
          }),
        ),
      );
    },
  };
}

/** Reads a row of `Gateways`. */
export function gatewayOf(row: Row): Gateway {
  const { capabilities, createdAt, connectionId, connectedAt, leftAt, lastSeenAt, ...rest } = fromRow(row);
  return {
    ...(rest as Omit<Gateway, 'capabilities' | 'createdAtMs'>),
    capabilities: JSON.parse(String(capabilities)),
    createdAtMs: Number(createdAt),
    ...(connectionId
      ? { socket: { connectionId: String(connectionId), connectedAtMs: Number(connectedAt) } }
      : {}),
    ...(leftAt === undefined ? {} : { leftAtMs: Number(leftAt) }),
    ...(lastSeenAt === undefined ? {} : { lastSeenAtMs: Number(lastSeenAt) }),
  };
}
