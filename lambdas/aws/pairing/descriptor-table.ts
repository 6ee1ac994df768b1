/**
 * Descriptors that wait behind a pairing code, in the table `Codes`.
 * codeHash · descriptorJson · expiresAt (s)
 */
import type { DescriptorStore } from '../../core/pairing/ports';
import { DeleteCommand, PutCommand } from '../dynamo/commands';
import { conditionally, type DynamoClient, seconds } from '../dynamo/dynamo';

/** Waiting descriptors in DynamoDB. */
export function descriptorTable(client: DynamoClient, tableName: string): DescriptorStore {
  return {
    async leave({ codeHash, descriptor, expiresAtMs }, nowMs) {
      const written = await conditionally(
        client.send(
          new PutCommand({
            TableName: tableName,
            Item: { codeHash, descriptorJson: descriptor, expiresAt: seconds(expiresAtMs) },
            // Nothing has this code, or its time is over.
            ConditionExpression: 'attribute_not_exists(codeHash) OR expiresAt <= :now',
            ExpressionAttributeValues: { ':now': Math.floor(nowMs / 1000) },
          }),
        ),
      );
      return written === 'done' ? 'left' : 'code-exists';
    },
    async take(codeHash, nowMs) {
      const taking = client.send(
        new DeleteCommand({
          TableName: tableName,
          Key: { codeHash },
          // Still there, and not past its time: of simultaneous takers one meets this condition.
          ConditionExpression: 'attribute_exists(descriptorJson) AND expiresAt > :now',
          ExpressionAttributeValues: { ':now': Math.floor(nowMs / 1000) },
          ReturnValues: 'ALL_OLD',
        }),
      );
      if ((await conditionally(taking)) !== 'done') return undefined;
      return (await taking).Attributes?.descriptorJson;
    },
  };
}
