/**
 * Viewer tickets, in the table `Codes`.
 * codeHash (of the ticket) · ticket (true) · tokenHash? · expiresAt (s)
 */
import type { TicketStore } from '../../core/monitor/ports';
import { DeleteCommand, PutCommand } from '../dynamo/commands';
import { conditionally, type DynamoClient, seconds } from '../dynamo/dynamo';

/** Tickets in DynamoDB. */
export function ticketTable(client: DynamoClient, tableName: string): TicketStore {
  return {
    async put(codeHash, expiresAtMs, tokenHash) {
      const Item = { codeHash, ticket: true, tokenHash, expiresAt: seconds(expiresAtMs) };
      await client.send(new PutCommand({ TableName: tableName, Item }));
    },
    async take(codeHash, nowMs) {
      const taking = client.send(
        new DeleteCommand({
          TableName: tableName,
          Key: { codeHash },
          // A ticket and no code, still there, not past its time: of simultaneous takers one meets this condition.
          ConditionExpression: 'ticket = :true AND expiresAt > :now',
          ExpressionAttributeValues: { ':true': true, ':now': Math.floor(nowMs / 1000) },
          ReturnValues: 'ALL_OLD',
        }),
      );
      if ((await conditionally(taking)) !== 'done') return 'dead';
      const { tokenHash } = (await taking).Attributes ?? {};
      return tokenHash === undefined ? {} : { tokenHash: String(tokenHash) };
    },
  };
}
