import { randomBytes } from 'node:crypto';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { Sends } from './deployment';
import { Failure } from './failure';

type Secrets = Sends<GetSecretValueCommand | PutSecretValueCommand, { SecretString?: string }>;

const failed = (error: Error): never => {
  throw new Failure(`Secrets Manager did not do it: ${error.message}`);
};

/** Where the registration token is: the ARN of its secret. Throws under open registration. */
export function tokenArnOf(outputs: Record<string, string>): string {
  const arn = outputs.RegistrationTokenArn;
  if (!arn) throw new Failure('This deployment has open registration: there is no token.');
  return arn;
}

/** Reads the token. */
export async function readToken(
  arn: string,
  client: Secrets = new SecretsManagerClient({}) as Secrets,
): Promise<string> {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn })).catch(failed);
  if (!SecretString) throw new Failure('The secret of the registration token is empty.');
  return SecretString;
}

/** Puts a new token in the old one's place: 43 base64url characters, 256 random bits. */
export async function rotateToken(
  arn: string,
  client: Secrets = new SecretsManagerClient({}) as Secrets,
): Promise<void> {
  const SecretString = randomBytes(32).toString('base64url');
  await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString })).catch(failed);
}
