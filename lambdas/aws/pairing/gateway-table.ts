/**
 * `Gateways`: one row per registered runtime.
 * gatewayId · secretHash · runtimeType, displayName, machineId?, capabilities (JSON text) · createdAt (ms) ·
 * accessCodeHash? · sockets? (see socket-set) · leftAt?, lastSeenAt? (ms) · features? ·
 * removedAt? (ms; from then on nothing of it authenticates), expiresAt? (s; only with removedAt)
 */
import type { Gateway, GatewayStore } from '../../core/pairing/ports';
import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '../dynamo/commands';
import { conditionally, type DynamoClient, type Row, seconds } from '../dynamo/dynamo';
import { enterSocket, socketsOf, textOf } from './socket-set';

/** There, and not leaving. */
const stays = 'attribute_exists(gatewayId) AND attribute_not_exists(removedAt)';

/** A removal that nobody repeats leaves its last row for this long. */
const leavingMs = 24 * 60 * 60_000;

/** Gateways in DynamoDB. */
export function gatewayTable(client: DynamoClient, tableName: string): GatewayStore {
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
      const { capabilities, createdAtMs, sockets: _, ...rest } = gateway;
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
    enter: (gatewayId, socket, secretHash) =>
      enterSocket(
        client,
        {
          ...keyOf(gatewayId),
          holds: `${stays} AND secretHash = :hash`,
          values: { ':hash': secretHash, ':at': socket.connectedAtMs },
          isHeld: (row) => row.secretHash === secretHash && row.removedAt === undefined,
          also: 'lastSeenAt = :at',
        },
        socket,
      ),
    async leave(gatewayId, socket, atMs) {
      const leaving = client.send(
        new UpdateCommand({
          ...keyOf(gatewayId),
          UpdateExpression: 'SET leftAt = :at DELETE sockets :gone',
          ConditionExpression: `${stays} AND contains(sockets, :text)`,
          ExpressionAttributeValues: {
            ':at': atMs,
            ':gone': new Set([textOf(socket)]),
            ':text': textOf(socket),
          },
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      const written = await conditionally(leaving);
      if (written === 'done') return { left: socketsOf((await leaving).Attributes) };
      // The client tries again when an answer of DynamoDB is lost: then the socket has left at this very time.
      const { standing } = written;
      if (standing?.leftAt !== atMs || standing.removedAt !== undefined) return 'not-there';
      return { left: socketsOf(standing) };
    },
    async seen(gatewayId, socket, atMs, features) {
      const written = await conditionally(
        client.send(
          new UpdateCommand({
            ...keyOf(gatewayId),
            UpdateExpression: `SET lastSeenAt = :at${features ? ', features = :features' : ''}`,
            ConditionExpression: `${stays} AND contains(sockets, :text)`,
            ExpressionAttributeValues: { ':at': atMs, ':features': features, ':text': textOf(socket) },
          }),
        ),
      );
      return written === 'done' ? 'seen' : 'not-there';
    },
    async rotateSecret(gatewayId, from, to, atMs) {
      const rotating = client.send(
        new UpdateCommand({
          ...keyOf(gatewayId),
          UpdateExpression: 'SET secretHash = :to, leftAt = :at REMOVE sockets',
          ConditionExpression: 'secretHash = :from AND attribute_not_exists(removedAt)',
          ExpressionAttributeValues: { ':from': from, ':to': to, ':at': atMs },
          ReturnValues: 'ALL_OLD',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      const written = await conditionally(rotating);
      if (written === 'done') return { sockets: socketsOf((await rotating).Attributes) };
      // The client tries again when an answer of DynamoDB is lost: then the new secret stands there.
      return written.standing?.secretHash === to ? { sockets: [] } : 'gone';
    },
    async startRemoval(gatewayId, secretHash, atMs) {
      const marking = client.send(
        new UpdateCommand({
          ...keyOf(gatewayId),
          // The sockets stay in the row: a removal that is repeated closes them again.
          UpdateExpression: 'SET removedAt = :at, expiresAt = :expires',
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
    leftAt,
    lastSeenAt,
    sockets: _,
    removedAt: __,
    expiresAt: ___,
    ...rest
  } = row;
  return {
    ...(rest as Omit<Gateway, 'capabilities' | 'createdAtMs' | 'sockets'>),
    capabilities: JSON.parse(String(capabilities)),
    createdAtMs: Number(createdAt),
    sockets: socketsOf(row),
    ...(leftAt === undefined ? {} : { leftAtMs: Number(leftAt) }),
    ...(lastSeenAt === undefined ? {} : { lastSeenAtMs: Number(lastSeenAt) }),
  };
}
