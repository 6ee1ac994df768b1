/** The registration token: held in Secrets Manager, kept here for five minutes, compared in constant time. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { sameSecret } from '../core/credentials';
import { unauthorized } from '../core/gateways';
import { env } from './env';

/** A rotated token works, and the old one stops, within this time. */
const cacheMs = 5 * 60_000;

let client: SecretsManagerClient | undefined;
let cached: { token: string; readAtMs: number } | undefined;

/** Throws `unauthorized` unless the credential is the registration token, or registration is open. */
export async function requireRegistrationToken(credential: string | undefined, nowMs: number): Promise<void> {
  const arn = process.env[env.registrationTokenArn];
  if (!arn) return;
  if (!cached || nowMs - cached.readAtMs >= cacheMs)
    cached = { token: await readToken(arn), readAtMs: nowMs };
  if (!credential || !sameSecret(credential, cached.token)) throw unauthorized();
}

async function readToken(arn: string): Promise<string> {
  client ??= new SecretsManagerClient({});
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
  if (!SecretString) throw new Error('The registration token has no string value.');
  return SecretString;
}
