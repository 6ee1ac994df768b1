import type { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import { readTogether } from '../../../lambdas/aws/dynamo/dynamo';

const wanted = { Clients: { Keys: [{ id: 'c' }] }, Gateways: { Keys: [{ id: 'g' }] } };

/** A table that gives one answer after the other, and notes what it was asked for. */
function throttled(...answers: object[]) {
  const asked: unknown[] = [];
  const send = async (command: BatchGetCommand) => {
    asked.push(command.input.RequestItems);
    return answers[Math.min(asked.length, answers.length) - 1];
  };
  return { client: { send } as never, asked };
}

test('rows that DynamoDB held back are asked for again', async () => {
  const { client, asked } = throttled(
    { Responses: { Clients: [{ id: 'c' }] }, UnprocessedKeys: { Gateways: wanted.Gateways } },
    { Responses: { Gateways: [{ id: 'g' }] }, UnprocessedKeys: {} },
  );
  const rows = await readTogether(client, wanted);
  expect(rows).toEqual({ Clients: [{ id: 'c' }], Gateways: [{ id: 'g' }] });
  expect(asked).toEqual([wanted, { Gateways: wanted.Gateways }]);
});

test('rows that stay held back are a fault, never rows that are not there', async () => {
  const { client } = throttled({ Responses: {}, UnprocessedKeys: wanted });
  await expect(readTogether(client, wanted)).rejects.toThrow('held rows back');
});
