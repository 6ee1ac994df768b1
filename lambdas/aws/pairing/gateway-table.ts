/**
 * `Gateways`: one row per registered runtime.
 * gatewayId · secretHash · runtimeType, displayName, machineId?, capabilities (JSON text) · createdAt (ms) ·
 * accessCodeHash? · connectionId?, connectedAt? (the socket in charge) · leftAt?, lastSeenAt? (ms) · features? ·
 * removedAt? (ms; from then on nothing of it authenticates), expiresAt? (s; only with removedAt)
 */
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Gateway, GatewayStore } from '../../core/pairing/ports';
import { conditionally, type Row, seconds } from '../dynamo/dynamo';

/** There, and not leaving. */
const stays = 'attribute_exists(gatewayId) AND attribute_not_exists(removedAt)';

/** A removal that nobody repeats leaves its last row for this long. */
const leavingMs = 24 * 60 * 60_000;

/** Gateways in DynamoDB. */
export function gatewayTable(client: DynamoDBDocumentClient, tableName: string): GatewayStore {
  const keyOf = (gatewayId: string) => ({ TableName: tableName, Key: { gatewayId } });
  const readRow = async (gatewayId: string) =>
    (await client.send(new GetCommand({ ...keyOf(gatewayId), ConsistentRead: true }))).Item;
  return {
    read: async (gatewayId) => stayingGatewayOf(await readRow(gatewayId)),
    async readEvenLeaving(gatewayId) {
      const row = await readRow(gatewayId);
      return row && gatewayOf(row);
    },
    async create(gateway) {
      const { capabilities, createdAtMs, ...rest } = gateway;
      const written = await conditionally(
        client.send(
          new PutCommand({
            TableName: tableName,
            Item: { ...rest, createdAt: createdAtMs, capabilities: JSON.stringify(capabilities) },
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
          new UpdateCommand({
            ...keyOf(gatewayId),
            UpdateExpression: `SET runtimeType = :type, displayName = :name, capabilities = :can${forget ? '' : ', machineId = :machine'}${forget}`,
            ConditionExpression: stays,
            ExpressionAttributeValues: {
              ':type': details.runtimeType,
              ':name': details.displayName,
              ':can': JSON.stringify(details.capabilities),
              ':machine': details.machineId,
            },
          }),
        ),
      );
      return written === 'done' ? 'described' : 'gone';
    },
    async attach(gatewayId, socket, secretHash) {
      const written = await conditionally(
        client.send(
          new UpdateCommand({
            ...keyOf(gatewayId),
            UpdateExpression: 'SET connectionId = :id, connectedAt = :at, lastSeenAt = :at',
            ConditionExpression: `${stays} AND (attribute_not_exists(connectedAt) OR connectedAt <= :at)${secretHash === undefined ? '' : ' AND secretHash = :hash'}`,
            ExpressionAttributeValues: {
              ':id': socket.connectionId,
              ':at': socket.connectedAtMs,
              ':hash': secretHash,
            },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      );
      if (written === 'done') return 'attached';
      const standing = stayingGatewayOf(written.standing);
      const isOwn = secretHash === undefined || standing?.secretHash === secretHash;
      return standing && isOwn ? 'superseded' : 'gone';
    },
    async detach(gatewayId, connectionId, atMs) {
      const written = await conditionally(
        client.send(
          new UpdateCommand({
            ...keyOf(gatewayId),
            UpdateExpression: 'SET leftAt = :at REMOVE connectionId, connectedAt',
            ConditionExpression: 'connectionId = :id',
            ExpressionAttributeValues: { ':id': connectionId, ':at': atMs },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      );
      if (written === 'done') return 'detached';
      // The client tries again when an answer of DynamoDB is lost: then the socket has left at this very time.
      const { connectionId: inCharge, leftAt } = written.standing ?? {};
      return !inCharge && leftAt === atMs ? 'detached' : 'not-in-charge';
    },
    async seen(gatewayId, atMs, features) {
      await conditionally(
        client.send(
          new UpdateCommand({
            ...keyOf(gatewayId),
            UpdateExpression: `SET lastSeenAt = :at${features ? ', features = :features' : ''}`,
            ConditionExpression: 'attribute_exists(gatewayId)',
            ExpressionAttributeValues: { ':at': atMs, ':features': features },
          }),
        ),
      );
    },
    async rotateSecret(gatewayId, from, to, atMs) {
      const written = await conditionally(
        client.send(
          new UpdateCommand({
            ...keyOf(gatewayId),
            UpdateExpression: 'SET secretHash = :to, leftAt = :at REMOVE connectionId, connectedAt',
            ConditionExpression: 'secretHash = :from AND attribute_not_exists(removedAt)',
            ExpressionAttributeValues: { ':from': from, ':to': to, ':at': atMs },
          }),
        ),
      );
      return written === 'done' ? 'rotated' : 'gone';
    },
    async startRemoval(gatewayId, secretHash, atMs) {
      const marking = client.send(
        new UpdateCommand({
          ...keyOf(gatewayId),
          UpdateExpression: 'SET removedAt = :at, expiresAt = :expires REMOVE connectionId, connectedAt',
          ConditionExpression: 'secretHash = :hash',
          ExpressionAttributeValues: {
            ':at': atMs,
            ':expires': seconds(atMs + leavingMs),
            ':hash': secretHash,
          },
          ReturnValues: 'ALL_NEW',
        }),
      );
      if ((await conditionally(marking)) !== 'done') return 'gone';
      return gatewayOf((await marking).Attributes!);
    },
    async remove(gatewayId) {
      await client.send(new DeleteCommand(keyOf(gatewayId)));
    },
  };
}

/** The gateway, unless it is leaving. */
export function stayingGatewayOf(row: Row | undefined): Gateway | undefined {
  return row && row.removedAt === undefined ? gatewayOf(row) : undefined;
}

/** Reads a row of `Gateways`. */
function gatewayOf(row: Row): Gateway {
  const {
    capabilities,
    createdAt,
    connectionId,
    connectedAt,
    leftAt,
    lastSeenAt,
    removedAt: _,
    expiresAt: __,
    ...rest
  } = row;
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
