import type { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { readTogether } from '../../../lambdas/aws/dynamo/dynamo';

const wanted = { Clients: { Keys: [{ id: { S: 'c' } }] }, Gateways: { Keys: [{ id: { S: 'g' } }] } };

/** A table that gives one answer after the other, and notes what it was asked for. */
function throttled(...answers: object[]) {
  const asked: unknown[] = [];
  const send = async (command: BatchGetItemCommand) => {
    asked.push(command.input.RequestItems);
    return answers[Math.min(asked.length, answers.length) - 1];
  };
  return { client: { send } as never, asked };
}

test('rows that DynamoDB held back are asked for again', async () => {
  const { client, asked } = throttled(
    { Responses: { Clients: [{ id: { S: 'c' } }] }, UnprocessedKeys: { Gateways: wanted.Gateways } },
    { Responses: { Gateways: [{ id: { S: 'g' } }] }, UnprocessedKeys: {} },
  );
  const rows = await readTogether(client, wanted);
  expect(rows).toEqual({ Clients: [{ id: { S: 'c' } }], Gateways: [{ id: { S: 'g' } }] });
  expect(asked).toEqual([wanted, { Gateways: wanted.Gateways }]);
});

test('rows that stay held back are a fault, never rows that are not there', async () => {
  const { client } = throttled({ Responses: {}, UnprocessedKeys: wanted });
  await expect(readTogether(client, wanted)).rejects.toThrow('held rows back');
});
