/** The registration token: held in Secrets Manager, kept here for a moment, compared in constant time. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type AttemptWorld, type Caller, limitGuesses } from '../../core/pairing/attempts';
import { hashCredential, sameSecret } from '../../core/pairing/credentials';
import { unauthorized } from '../../core/pairing/gateways';
import { keepSecret } from '../../core/secrecy/known-secrets';
import { env } from '../env';
import { againstDeadConnections, connections } from '../sdk/connections';

/**
 * A token that was read longer ago is read again: a changed one works, and the old one stops, within this time. So each
 * running function that is asked reads it once in this time at most, whatever it is asked with.
 */
const freshMs = 5_000;

/** For how long a token is used that cannot be read again. */
const staleMs = 5 * 60_000;

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
        // No log and no event of this process repeats it, wherever it came from.
        keepSecret(token);
        known = { token, readAtMs: nowMs };
      })
      .finally(() => {
        reading = undefined;
      });
    return reading;
  };
  /** Throws when the token cannot be read and none is known that is fresh enough. */
  const current = async (nowMs: number): Promise<string> => {
    if (known && nowMs - known.readAtMs < freshMs) return known.token;
    await readAgain(nowMs).catch((error) => {
      if (!known || nowMs - known.readAtMs >= staleMs) throw error;
    });
    return known!.token;
  };
  return {
    current,
    /** Throws as `current` does. */
    isToken: async (credential: string, nowMs: number): Promise<boolean> =>
      sameSecret(credential, await current(nowMs)),
  };
}

let keeper: ReturnType<typeof tokenKeeper> | undefined;

/** Undefined where registration is open. */
function sharedKeeper() {
  const arn = process.env[env.registrationTokenArn];
  if (arn) keeper ??= tokenKeeper(secretReader(arn));
  return keeper;
}

/** Throws `unauthorized` unless the credential is the registration token, or registration is open. */
export async function requireRegistrationToken(credential: string | undefined, nowMs: number): Promise<void> {
  const tokens = sharedKeeper();
  if (tokens && !(credential && (await tokens.isToken(credential, nowMs)))) throw unauthorized();
}

/**
 * The same for a request: wrong tokens of one source are limited as failed redeems are, a right one among them is refused as
 * well (`rate_limited`). A request without any is no guess, and costs nothing.
 */
export async function admitRegistration(
  world: AttemptWorld,
  request: Caller & { credential: string | undefined; receivedAtMs: number },
): Promise<void> {
  const { credential, receivedAtMs } = request;
  const check = () => requireRegistrationToken(credential, receivedAtMs);
  if (!sharedKeeper() || !credential) await check();
  else await limitGuesses(world, request, check, 'tokens');
}

/** The hash of the registration token as it is now; undefined where registration is open. */
export async function registrationTokenHash(nowMs: number): Promise<string | undefined> {
  const token = await sharedKeeper()?.current(nowMs);
  return token === undefined ? undefined : hashCredential(token);
}

function secretReader(arn: string): () => Promise<string> {
  const client = againstDeadConnections(new SecretsManagerClient({ requestHandler: connections() }));
  return async () => {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    return SecretString ?? '';
  };
}
