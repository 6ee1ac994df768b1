/**
 * Viewer tickets, in the table `Codes`.
 * codeHash (of the ticket) · ticket (true) · expiresAt (s)
 */
import { DeleteItemCommand, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { TicketStore } from '../../core/monitor/ports';
import { conditionally, seconds, toRow } from '../dynamo/dynamo';

/** Tickets in DynamoDB. */
export function ticketTable(client: DynamoDBClient, tableName: string): TicketStore {
  return {
    async put(codeHash, expiresAtMs) {
      const Item = toRow({ codeHash, ticket: true, expiresAt: seconds(expiresAtMs) });
      await client.send(new PutItemCommand({ TableName: tableName, Item }));
    },
    async take(codeHash, nowMs) {
      const taking = client.send(
        new DeleteItemCommand({
          TableName: tableName,
          Key: toRow({ codeHash }),
          // A ticket and no code, still there, not past its time: of simultaneous takers one meets this condition.
          ConditionExpression: 'ticket = :true AND expiresAt > :now',
          ExpressionAttributeValues: toRow({ ':true': true, ':now': Math.floor(nowMs / 1000) }),
        }),
      );
      return (await conditionally(taking)) === 'done' ? 'taken' : 'dead';
    },
  };
}
