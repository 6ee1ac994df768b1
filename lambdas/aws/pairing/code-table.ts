/**
 * `Codes`: one row per code that waits.
 * codeHash · gatewayId · expiresAt (s)
 * A gateway's row names its one live code; a newer code takes that place and the older one's row with it.
 */
import type { PairingStore } from '../../core/pairing/ports';
import { DeleteCommand, GetCommand, TransactWriteCommand } from '../dynamo/commands';
import { type DynamoClient, isLive, seconds, transact } from '../dynamo/dynamo';
import { clientRow } from './client-table';

/**
 * Codes in DynamoDB, and the transaction that turns one into a client. The name of the clients' table is asked for
 * only then: whoever issues codes has no right to it.
 */
export function codeTable(
  client: DynamoClient,
  tables: { codes: string; gateways: string; clients: () => string },
): PairingStore {
  return {
    async issueCode({ codeHash, gatewayId, expiresAtMs }, replaces) {
      const issue = new TransactWriteCommand({
        TransactItems: [
          {
            Update: {
              TableName: tables.gateways,
              Key: { gatewayId },
              UpdateExpression: 'SET accessCodeHash = :hash',
              // The gateway is there, and its code is still the one that is replaced.
              ConditionExpression: `attribute_exists(gatewayId) AND attribute_not_exists(removedAt) AND ${replaces ? 'accessCodeHash = :replaced' : 'attribute_not_exists(accessCodeHash)'}`,
              ExpressionAttributeValues: { ':hash': codeHash, ':replaced': replaces },
            },
          },
          {
            Put: {
              TableName: tables.codes,
              Item: { codeHash, gatewayId, expiresAt: seconds(expiresAtMs) },
              ConditionExpression: 'attribute_not_exists(codeHash)',
            },
          },
          ...(replaces ? [{ Delete: { TableName: tables.codes, Key: { codeHash: replaces } } }] : []),
        ],
      });
      return (await transact(() => client.send(issue))) === 'done' ? 'issued' : 'changed';
    },
    async readCode(codeHash, nowMs) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tables.codes, Key: { codeHash }, ConsistentRead: true }),
      );
      if (!isLive(Item, nowMs) || !Item.gatewayId) return undefined;
      return { codeHash, gatewayId: String(Item.gatewayId), expiresAtMs: Number(Item.expiresAt) * 1000 };
    },
    async forgetCode(codeHash) {
      await client.send(new DeleteCommand({ TableName: tables.codes, Key: { codeHash } }));
    },
    async redeem({ codeHash, gatewayId }, paired, nowMs) {
      const redeem = new TransactWriteCommand({
        TransactItems: [
          {
            Delete: {
              TableName: tables.codes,
              Key: { codeHash },
              // Still there, for this gateway, and not past its time.
              ConditionExpression: 'gatewayId = :gateway AND expiresAt > :now',
              ExpressionAttributeValues: { ':gateway': gatewayId, ':now': Math.floor(nowMs / 1000) },
            },
          },
          {
            Update: {
              TableName: tables.gateways,
              Key: { gatewayId },
              UpdateExpression: 'REMOVE accessCodeHash',
              // The gateway's newest code, not an earlier one; and the gateway stays.
              ConditionExpression: 'accessCodeHash = :hash AND attribute_not_exists(removedAt)',
              ExpressionAttributeValues: { ':hash': codeHash },
            },
          },
          { Put: { TableName: tables.clients(), Item: clientRow(paired) } },
        ],
      });
      return (await transact(() => client.send(redeem))) === 'done' ? 'redeemed' : 'dead';
    },
  };
}
