/** The registration token: held in Secrets Manager, kept here for a while, compared in constant time. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { sameSecret } from '../../core/pairing/credentials';
import { unauthorized } from '../../core/pairing/gateways';
import { env } from '../env';
import { againstDeadConnections, connections, patience } from '../sdk/connections';

/** A rotated token works, and the old one stops, within this time. */
const cacheMs = 5 * 60_000;

/**
 * How soon a token that is not the known one makes us look again: a rotated token works at once, and whoever sends wrong
 * ones causes one read in this time for each running function.
 */
const rereadMs = 5_000;

/** Shorter tokens could be guessed; where the secret holds one, nobody gets in. */
const minCharacters = 16;

/** Knows the token that `read` gives, as fresh as it must be. `read` is called by one caller at a time. */
export function tokenKeeper(read: () => Promise<string>) {
  let known: { token: string; readAtMs: number } | undefined;
  let reading: Promise<void> | undefined;
  const readAgain = (nowMs: number) => {
    reading ??= read()
      .then((token) => {
        if (token.length < minCharacters) {
          known = undefined;
          throw new Error(`The registration token has fewer than ${minCharacters} characters.`);
        }
        known = { token, readAtMs: nowMs };
      })
      .finally(() => {
        reading = undefined;
      });
    return reading;
  };
  const matches = (credential: string) => known !== undefined && sameSecret(credential, known.token);
  return {
    /** Throws when the token cannot be read and none is known that is fresh enough. */
    async isToken(credential: string, nowMs: number): Promise<boolean> {
      if (!known || nowMs - known.readAtMs >= cacheMs) await readAgain(nowMs);
      if (matches(credential)) return true;
      if (!known || nowMs - known.readAtMs < rereadMs) return false;
      // A failure to look again leaves the known token as it was.
      await readAgain(nowMs).catch(() => {});
      return matches(credential);
    },
  };
}

let keeper: ReturnType<typeof tokenKeeper> | undefined;

/** Throws `unauthorized` unless the credential is the registration token, or registration is open. */
export async function requireRegistrationToken(credential: string | undefined, nowMs: number): Promise<void> {
  const arn = process.env[env.registrationTokenArn];
  if (!arn) return;
  keeper ??= tokenKeeper(secretReader(arn));
  if (!credential || !(await keeper.isToken(credential, nowMs))) throw unauthorized();
}

function secretReader(arn: string): () => Promise<string> {
  const client = againstDeadConnections(new SecretsManagerClient({ requestHandler: connections(patience) }));
  return async () => {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    return SecretString ?? '';
  };
}
