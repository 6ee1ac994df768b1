import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
} from '@aws-sdk/client-secrets-manager';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { generateSecret } from '../../../local/aws/secrets';
import type { AwsSide } from '../../../local/types';
import { clientsOf, fn, logicalId, started, stopAll, synthesized } from '../aws-side-fixture';

const assembly = synthesized((stack) => {
  const token = new Secret(stack, 'Token', {
    secretName: 'the-token',
    generateSecretString: { passwordLength: 40, excludePunctuation: true },
  });
  token.grantRead(fn(stack, 'Reader'));
  const writer = fn(stack, 'Writer');
  token.grantWrite(writer);
});
const id = logicalId(assembly, 'AWS::SecretsManager::Secret');

let side: AwsSide;
const client = (prefix: string) =>
  clientsOf(side, logicalId(assembly, 'AWS::Lambda::Function', prefix)).secrets;
const read = (SecretId: string, more: object = {}) =>
  client('Reader').send(new GetSecretValueCommand({ SecretId, ...more }));

beforeAll(async () => {
  side = await started(assembly);
});
afterAll(stopAll);

test('a secret is generated as its template says, and read by ARN or name', async () => {
  const byArn = await read(side.resolver.ref(id));
  expect(byArn.SecretString).toMatch(/^[A-Za-z0-9]{40}$/);
  expect(byArn.VersionStages).toEqual(['AWSCURRENT']);
  expect(byArn.CreatedDate).toBeInstanceOf(Date);
  expect((await read('the-token')).SecretString).toBe(byArn.SecretString);
});

test('a rotated secret keeps its last value as AWSPREVIOUS', async () => {
  const before = side.secrets.value(id);
  side.secrets.set(id, 'rotated');
  expect((await read('the-token')).SecretString).toBe('rotated');
  expect((await read('the-token', { VersionStage: 'AWSPREVIOUS' })).SecretString).toBe(before);
  const described = await client('Reader').send(new DescribeSecretCommand({ SecretId: 'the-token' }));
  expect(Object.values(described.VersionIdsToStages ?? {})).toEqual([['AWSCURRENT'], ['AWSPREVIOUS']]);
});

test('a function with the grant puts a new value, one without it is refused', async () => {
  const put = (prefix: string) =>
    client(prefix).send(new PutSecretValueCommand({ SecretId: side.resolver.ref(id), SecretString: 'put' }));
  await expect(put('Reader')).rejects.toMatchObject({ name: 'AccessDeniedException' });
  await put('Writer');
  expect(side.secrets.value(id)).toBe('put');
});

test('a label that no version has is ResourceNotFoundException', async () => {
  await expect(read('the-token', { VersionStage: 'AWSPENDING' })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: "Secrets Manager can't find the specified secret value for staging label: AWSPENDING",
  });
});

test('a given value takes the place of a generated one', async () => {
  const given = await started(assembly, { secretValues: (logical) => (logical === id ? 'mine' : undefined) });
  expect(given.secrets.value(id)).toBe('mine');
});

test('a template gets the generated string under its key', () => {
  const generated = generateSecret({
    SecretStringTemplate: '{"user":"admin"}',
    GenerateStringKey: 'password',
    ExcludeCharacters: '"\\',
  });
  expect(JSON.parse(generated)).toEqual({ user: 'admin', password: expect.stringMatching(/^.{32}$/) });
});
