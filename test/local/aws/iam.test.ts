import { policiesByFunction } from '../../../local/aws/iam';
import { invokePermissions } from '../../../local/functions/permissions';
import { resolverFor } from '../../../local/template/intrinsics';
import type { Template } from '../../../local/types';

const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/Things';

function template(statements: object[], role: object = {}): Template {
  return {
    Resources: {
      Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: {}, ...role } },
      Policy: {
        Type: 'AWS::IAM::Policy',
        Properties: { Roles: [{ Ref: 'Role' }], PolicyDocument: { Statement: statements } },
      },
      Handler: { Type: 'AWS::Lambda::Function', Properties: { Role: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
    },
  };
}

const policies = (statements: object[], role?: object) =>
  policiesByFunction(resolverFor(template(statements, role), 'Stack')).get('Handler')!;
const allow = (Action: unknown, Resource: unknown, more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});

describe('a call is allowed', () => {
  test.each([
    ['by its exact action and resource', allow('dynamodb:GetItem', TABLE), true],
    ['whatever the case of the action', allow('DynamoDB:getitem', TABLE), true],
    ['by wildcards', allow(['dynamodb:Get*'], ['arn:aws:dynamodb:*:*:table/Thing?']), true],
    ['not by another action', allow('dynamodb:PutItem', TABLE), false],
    ['not by another table', allow('dynamodb:*', `${TABLE}Else`), false],
    ["not by the table's index", allow('dynamodb:*', `${TABLE}/index/*`), false],
  ])('%s', (_, statement, expected) => {
    expect(policies([statement]).allows('dynamodb:GetItem', TABLE)).toBe(expected);
  });

  test('not against a Deny', () => {
    const both = policies([allow('*', '*'), { Effect: 'Deny', Action: 'dynamodb:GetItem', Resource: '*' }]);
    expect(both.allows('dynamodb:GetItem', TABLE)).toBe(false);
    expect(both.allows('dynamodb:PutItem', TABLE)).toBe(true);
  });

  test('by a policy inside the role', () => {
    const inline = policies([], {
      Policies: [{ PolicyName: 'p', PolicyDocument: { Statement: allow('dynamodb:GetItem', TABLE) } }],
    });
    expect(inline.allows('dynamodb:GetItem', TABLE)).toBe(true);
  });

  test('when every leading key is among those of the condition', () => {
    const condition = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['gw#*'] } };
    const { allows } = policies([allow('dynamodb:GetItem', TABLE, { Condition: condition })]);
    const reading = (...keys: string[]) =>
      allows('dynamodb:GetItem', TABLE, { 'dynamodb:LeadingKeys': keys });
    expect([reading('gw#1', 'gw#2'), reading('gw#1', 'cl#1')]).toEqual([true, false]);
  });
});

describe('a policy that is not understood stops the start', () => {
  test.each([
    ['NotAction', { Effect: 'Allow', NotAction: 'x', Resource: '*' }, 'NotAction'],
    ['NotResource', { Effect: 'Allow', Action: 'x', NotResource: '*' }, 'NotResource'],
    [
      'a condition key',
      allow('x', '*', { Condition: { StringEquals: { 'aws:SourceIp': '1' } } }),
      'aws:SourceIp',
    ],
    [
      'a condition operator',
      allow('x', '*', { Condition: { NumericEquals: { 'dynamodb:LeadingKeys': '1' } } }),
      'NumericEquals',
    ],
    ['a policy variable', allow('x', `arn:\${aws:userid}`), 'policy variable'],
  ])('%s', (_, statement, words) => {
    expect(() => policies([statement])).toThrow(words);
  });

  test('a managed policy other than the basic execution role', () => {
    const managed = (name: string) => ({ ManagedPolicyArns: [`arn:aws:iam::aws:policy/${name}`] });
    expect(() => policies([], managed('service-role/AWSLambdaBasicExecutionRole'))).not.toThrow();
    expect(() => policies([], managed('AdministratorAccess'))).toThrow('AdministratorAccess');
  });
});

test('API Gateway may run a function only from a source that a permission names', () => {
  const source = 'arn:aws:execute-api:us-east-1:000000000000:api';
  const withPermission = template([]);
  withPermission.Resources.Permission = {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': ['Handler', 'Arn'] },
      Principal: 'apigateway.amazonaws.com',
      SourceArn: `${source}/*/GET/health`,
    },
  };
  const mayInvoke = invokePermissions(resolverFor(withPermission, 'Stack'));
  expect(mayInvoke(`${source}/prod/GET/health`, 'Handler')).toBe(true);
  expect(mayInvoke(`${source}/prod/POST/health`, 'Handler')).toBe(false);
  expect(mayInvoke(`${source}/prod/GET/health`, 'Other')).toBe(false);
});
