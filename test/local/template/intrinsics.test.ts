import { resolverFor } from '../../../local/template/intrinsics';
import { refuseUnknownResources } from '../../../local/template/known-resources';
import { urlRewriter } from '../../../local/template/urls';
import type { Template } from '../../../local/types';

const template: Template = {
  Parameters: {
    Level: { Type: 'String', Default: 'info' },
    Bootstrap: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk/version' },
  },
  Conditions: {
    Loud: { 'Fn::Equals': [{ Ref: 'Level' }, 'debug'] },
    Quiet: { 'Fn::Not': [{ Condition: 'Loud' }] },
    Both: { 'Fn::And': [{ Condition: 'Loud' }, { Condition: 'Quiet' }] },
    Either: { 'Fn::Or': [{ Condition: 'Loud' }, { Condition: 'Quiet' }] },
  },
  Mappings: { Sizes: { small: { memory: 128 } } },
  Resources: {
    Named: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'my-table' } },
    Unnamed: { Type: 'AWS::DynamoDB::Table' },
    Handler: { Type: 'AWS::Lambda::Function' },
    Queue: { Type: 'AWS::SQS::Queue' },
    Api: { Type: 'AWS::ApiGateway::RestApi' },
    Left: { Type: 'AWS::SQS::Queue', Condition: 'Loud' },
    Kept: { Type: 'AWS::SQS::Queue', Condition: 'Quiet' },
  },
};
const { resolve, ref, ofType } = resolverFor(template, 'Stack');

describe('references', () => {
  test.each([
    ['a table by its name', { Ref: 'Named' }, 'my-table'],
    ['a table without a name by its logical id', { Ref: 'Unnamed' }, 'Unnamed'],
    ['a parameter by its default', { Ref: 'Level' }, 'info'],
    ['the region', { Ref: 'AWS::Region' }, 'us-east-1'],
    ['a queue by its URL', { Ref: 'Queue' }, 'https://sqs.us-east-1.amazonaws.com/000000000000/Queue'],
  ])('Ref gives %s', (_, value, expected) => {
    expect(resolve(value)).toBe(expected);
  });

  test('ids that AWS would draw are the same in every run', () => {
    expect(ref('Api')).toMatch(/^[a-z0-9]{10}$/);
    expect(resolverFor(template, 'Stack').ref('Api')).toBe(ref('Api'));
  });

  test.each([
    [{ 'Fn::GetAtt': ['Named', 'Arn'] }, 'arn:aws:dynamodb:us-east-1:000000000000:table/my-table'],
    [{ 'Fn::GetAtt': 'Handler.Arn' }, 'arn:aws:lambda:us-east-1:000000000000:function:Handler'],
    [
      { 'Fn::GetAtt': ['Named', 'StreamArn'] },
      'arn:aws:dynamodb:us-east-1:000000000000:table/my-table/stream/2026-01-01T00:00:00.000',
    ],
  ])('%j is %s', (value, expected) => {
    expect(resolve(value)).toBe(expected);
  });
});

describe('functions', () => {
  test.each([
    [{ 'Fn::Join': ['-', ['a', { Ref: 'Level' }]] }, 'a-info'],
    [{ 'Fn::Join': ['', ['a', { Ref: 'AWS::NoValue' }, 'b']] }, 'ab'],
    [
      { 'Fn::Sub': `\${AWS::Partition}/\${Named.Arn}/\${!Kept}` },
      `aws/${resolve({ 'Fn::GetAtt': ['Named', 'Arn'] })}/\${Kept}`,
    ],
    [{ 'Fn::Sub': [`\${x}`, { x: { Ref: 'Level' } }] }, 'info'],
    [{ 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b'] }] }, 'b'],
    [{ 'Fn::If': ['Quiet', 'yes', { Ref: 'Nowhere' }] }, 'yes'],
    [{ 'Fn::If': ['Both', 'yes', 'no'] }, 'no'],
    [{ 'Fn::If': ['Either', 'yes', 'no'] }, 'yes'],
    [{ 'Fn::FindInMap': ['Sizes', 'small', 'memory'] }, 128],
    [{ a: [{ Ref: 'AWS::NoValue' }, 1], b: { Ref: 'AWS::NoValue' } }, { a: [1] }],
    [{ Condition: { StringEquals: { x: 'y' } } }, { Condition: { StringEquals: { x: 'y' } } }],
  ])('%j is %j', (value, expected) => {
    expect(resolve(value)).toEqual(expected);
  });
});

describe('what is not known is refused by name', () => {
  test.each([
    [{ 'Fn::ImportValue': 'x' }, 'Fn::ImportValue'],
    [{ 'Fn::GetAtt': ['Named', 'Colour'] }, 'Colour of Named (AWS::DynamoDB::Table)'],
    [{ Ref: 'Nowhere' }, 'Nowhere'],
    [{ Ref: 'Left' }, 'Left, which its condition leaves out'],
    [{ Ref: 'Bootstrap' }, 'Bootstrap'],
    ['{{resolve:ssm:/x}}', '{{resolve:ssm:/x}}'],
    [{ 'Fn::If': ['Missing', 1, 2] }, 'Missing'],
  ])('%j', (value, words) => {
    expect(() => resolve(value)).toThrow(words);
  });

  test('a resource type, with its logical id', () => {
    const strange: Template = { Resources: { Cluster: { Type: 'AWS::ECS::Cluster' } } };
    expect(() => refuseUnknownResources(strange)).toThrow('Cluster (AWS::ECS::Cluster)');
    expect(() => refuseUnknownResources(template)).not.toThrow();
  });
});

test('a resource whose condition is false does not exist', () => {
  expect(ofType('AWS::SQS::Queue').map(({ logicalId }) => logicalId)).toEqual(['Queue', 'Kept']);
});

test("the cloud's URLs come out local, by whole segments, the longest first", () => {
  const rewrite = urlRewriter([
    ['https://api.example', 'http://127.0.0.1:1'],
    ['https://api.example/relay', 'http://127.0.0.1:2/r'],
  ]);
  const { resolve: local } = resolverFor(template, 'Stack', rewrite);
  const join = (tail: string) => local({ 'Fn::Join': ['', ['https://api.', 'example', tail]] });
  expect(['', '/relay', '/relay/x', '/relayed'].map(join)).toEqual([
    'http://127.0.0.1:1',
    'http://127.0.0.1:2/r',
    'http://127.0.0.1:2/r/x',
    'http://127.0.0.1:1/relayed',
  ]);
  expect(join('.com/relay')).toBe('https://api.example.com/relay');
});
