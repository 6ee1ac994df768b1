import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { engineClient } from '../../../local/tables/engine-client';
import { deleteExpired } from '../../../local/tables/expiry';
import { createTables } from '../../../local/tables/tables';
import { started, stopAll, synthesized } from '../aws-side-fixture';

const assembly = synthesized((stack) => {
  const keys = {
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    sortKey: { name: 'sk', type: AttributeType.STRING },
  };
  new Table(stack, 'Mortal', { tableName: 'Mortal', timeToLiveAttribute: 'ttl', ...keys });
  new Table(stack, 'Lasting', { tableName: 'Lasting', ...keys });
});
afterAll(stopAll);

test('rows are deleted an hour after their time, and no others', async () => {
  const side = await started(assembly);
  const engine = engineClient(side.dynamodbUrl, true);
  const tables = await createTables(side.resolver, engine);
  const nowMs = 1_800_000_000_000;
  const put = (TableName: string, sk: string, ttl?: number) =>
    engine.call('DynamoDB_20120810.PutItem', {
      TableName,
      Item: { pk: { S: 'a' }, sk: { S: sk }, ...(ttl && { ttl: { N: String(nowMs / 1_000 + ttl) } }) },
    });
  const hour = 3_600;
  await put('Mortal', 'long over', -hour - 1);
  await put('Mortal', 'just over', -hour + 1);
  await put('Mortal', 'not over', hour);
  await put('Mortal', 'without a time');
  await put('Lasting', 'never over', -hour - 1);
  expect(await deleteExpired(engine, tables, nowMs)).toBe(1);
  const left = async (TableName: string) =>
    (await engine.call('DynamoDB_20120810.Scan', { TableName })).Items.map(
      ({ sk }: { sk: { S: string } }) => sk.S,
    ).sort();
  expect(await left('Mortal')).toEqual(['just over', 'not over', 'without a time']);
  expect(await left('Lasting')).toEqual(['never over']);
  engine.close();
});
