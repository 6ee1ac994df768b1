import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { itemBytes } from '../../../local/tables/dynamodb-units';
import { clientsOf, fn, logicalId, started, stopAll, synthesized } from '../aws-side-fixture';

afterEach(stopAll);

test('a table of the newer kind is a table as well', async () => {
  const assembly = synthesized((stack) => {
    const table = new TableV2(stack, 'Things', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      timeToLiveAttribute: 'ttl',
    });
    table.grantReadWriteData(fn(stack, 'Handler'));
  });
  const side = await started(assembly);
  const { dynamodb } = clientsOf(side, logicalId(assembly, 'AWS::Lambda::Function'));
  const TableName = side.resolver.ref(logicalId(assembly, 'AWS::DynamoDB::GlobalTable'));
  await dynamodb.send(new PutItemCommand({ TableName, Item: { pk: { S: 'a' } } }));
});

test('a property that the host would pass over in silence stops the start', async () => {
  const assembly = synthesized((stack) => {
    new TableV2(stack, 'Things', { partitionKey: { name: 'pk', type: AttributeType.STRING } });
  });
  const table = assembly.template.Resources[logicalId(assembly, 'AWS::DynamoDB::GlobalTable')];
  Object.assign(table?.Properties ?? {}, { KinesisStreamSpecification: {} });
  await expect(started(assembly)).rejects.toThrow('KinesisStreamSpecification of the table Things');
});

test.each([
  [{ pk: { S: 'é' } }, 4],
  [{ n: { N: '-12.50' } }, 1 + 3],
  [{ b: { B: Buffer.from('abc').toString('base64') } }, 1 + 3],
  [{ t: { BOOL: true }, z: { NULL: true } }, 4],
  [{ l: { L: [{ S: 'ab' }] } }, 1 + 3 + 1 + 2],
  [{ m: { M: { k: { S: 'v' } } } }, 1 + 3 + 1 + 2],
  [{ s: { SS: ['a', 'bc'] } }, 1 + 3],
])('%j takes %i bytes', (item, bytes) => {
  expect(itemBytes(item)).toBe(bytes);
});

describe('a queue', () => {
  const assembly = synthesized((stack) => {
    new Queue(stack, 'Failed').grantSendMessages(fn(stack, 'Sender'));
    fn(stack, 'Stranger');
  });
  const queue = logicalId(assembly, 'AWS::SQS::Queue');

  /** The SQS client is no dependency of the project, so this speaks its protocol. */
  async function send(side: Awaited<ReturnType<typeof started>>, sender: string) {
    const key = side.environmentFor(logicalId(assembly, 'AWS::Lambda::Function', sender)).AWS_ACCESS_KEY_ID;
    const response = await fetch(side.endpointUrl, {
      method: 'POST',
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=${key}/20260101/us-east-1/sqs/aws4_request, Signature=0`,
        'x-amz-target': 'AmazonSQS.SendMessage',
      },
      body: JSON.stringify({ QueueUrl: side.resolver.ref(queue), MessageBody: 'hello' }),
    });
    return { status: response.status, body: await response.json() };
  }

  test('keeps the messages of a function that may send', async () => {
    const side = await started(assembly);
    expect(await send(side, 'Sender')).toMatchObject({
      status: 200,
      body: { MD5OfMessageBody: '5d41402abc4b2a76b9719d911017c592' },
    });
    expect((await send(side, 'Stranger')).body.__type).toMatch('AccessDenied');
    expect(side.messages(queue)).toEqual(['hello']);
  });
});
