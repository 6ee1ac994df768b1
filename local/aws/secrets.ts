/** Secrets Manager's secrets: generated when the stack starts, kept in memory. */
import { randomInt, randomUUID } from 'node:crypto';
import type { Resolver } from '../types';

/** One version of a secret. */
export interface SecretVersion {
  versionId: string;
  value: string;
  createdAtSeconds: number;
}

/** A secret with its current version, and the one before it after a rotation. */
export interface LocalSecret {
  logicalId: string;
  name: string;
  arn: string;
  createdAtSeconds: number;
  current: SecretVersion;
  previous: SecretVersion | undefined;
}

/** Every secret of a stack. */
export interface Secrets {
  /** By name, ARN, or ARN without its random suffix, as a `SecretId` may give it. */
  find(secretId: string): LocalSecret | undefined;
  /** Throws for a logical id that is no secret. */
  value(logicalId: string): string;
  /** Puts a new current version; `versionId` as AWS's `ClientRequestToken`. Throws for an unknown logical id. */
  set(logicalId: string, value: string, versionId?: string): SecretVersion;
}

interface Generate {
  PasswordLength?: number;
  ExcludeCharacters?: string;
  ExcludeLowercase?: boolean;
  ExcludeNumbers?: boolean;
  ExcludePunctuation?: boolean;
  ExcludeUppercase?: boolean;
  IncludeSpace?: boolean;
  RequireEachIncludedType?: boolean;
  GenerateStringKey?: string;
  SecretStringTemplate?: string;
}

interface SecretProperties {
  Name?: string;
  SecretString?: string;
  GenerateSecretString?: Generate;
}

/** Makes the secrets of a stack. `valueFor` may give the value of one by its logical id instead of a generated one. */
export function createSecrets(
  resolver: Resolver,
  valueFor: (logicalId: string) => string | undefined = () => undefined,
): Secrets {
  const secrets = resolver
    .ofType<SecretProperties>('AWS::SecretsManager::Secret')
    .map(({ logicalId, properties }): LocalSecret => {
      const generate = properties.GenerateSecretString;
      const value =
        valueFor(logicalId) ?? properties.SecretString ?? (generate ? generateSecret(generate) : '');
      const current = version(value, randomUUID());
      return {
        logicalId,
        name: properties.Name ?? logicalId,
        arn: resolver.ref(logicalId),
        createdAtSeconds: current.createdAtSeconds,
        current,
        previous: undefined,
      };
    });

  function byLogicalId(logicalId: string): LocalSecret {
    const secret = secrets.find((candidate) => candidate.logicalId === logicalId);
    if (!secret) throw new Error(`The stack has no secret ${logicalId}.`);
    return secret;
  }

  return {
    find: (id) =>
      secrets.find(
        (secret) => id === secret.arn || id === secret.name || secret.arn.replace(/-\w{6}$/, '') === id,
      ),
    value: (logicalId) => byLogicalId(logicalId).current.value,
    set: (logicalId, value, versionId = randomUUID()) => {
      const secret = byLogicalId(logicalId);
      secret.previous = secret.current;
      secret.current = version(value, versionId);
      return secret.current;
    },
  };
}

/** The value that `{{resolve:secretsmanager:<id>:SecretString:::}}` stands for. Throws for any other dynamic reference. */
export function secretReference(secrets: Secrets, reference: string): string {
  const [, id] = /^secretsmanager:(.+?)(?::SecretString:*)?$/.exec(reference) ?? [];
  const secret = id === undefined ? undefined : secrets.find(id);
  if (!secret)
    throw new Error(`The local host does not know the dynamic reference {{resolve:${reference}}}.`);
  return secret.current.value;
}

function version(value: string, versionId: string): SecretVersion {
  return { versionId, value, createdAtSeconds: Date.now() / 1000 };
}

const LOWERCASE = 'abcdefghijklmnopqrstuvwxyz';
const UPPERCASE = LOWERCASE.toUpperCase();
const NUMBERS = '0123456789';
/** The punctuation that GetRandomPassword documents. */
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';
/** GetRandomPassword's default. */
const DEFAULT_LENGTH = 32;

/** A value as `GenerateSecretString` describes it. */
export function generateSecret(generate: Generate): string {
  const excluded = new Set(generate.ExcludeCharacters ?? '');
  const sets = [
    generate.ExcludeLowercase ? '' : LOWERCASE,
    generate.ExcludeUppercase ? '' : UPPERCASE,
    generate.ExcludeNumbers ? '' : NUMBERS,
    generate.ExcludePunctuation ? '' : PUNCTUATION,
    generate.IncludeSpace ? ' ' : '',
  ]
    .map((set) => [...set].filter((character) => !excluded.has(character)))
    .filter((set) => set.length > 0);
  const all = sets.flat();
  if (all.length === 0) throw new Error('GenerateSecretString excludes every character.');
  const required = generate.RequireEachIncludedType === false ? [] : sets.map(pick);
  const length = generate.PasswordLength ?? DEFAULT_LENGTH;
  const rest = Array.from({ length: Math.max(0, length - required.length) }, () => pick(all));
  const password = shuffle([...required, ...rest])
    .slice(0, length)
    .join('');
  if (generate.SecretStringTemplate === undefined) return password;
  if (!generate.GenerateStringKey) throw new Error('SecretStringTemplate needs a GenerateStringKey.');
  return JSON.stringify({
    ...JSON.parse(generate.SecretStringTemplate),
    [generate.GenerateStringKey]: password,
  });
}

function pick(characters: string[]): string {
  return characters[randomInt(characters.length)]!;
}

function shuffle(characters: string[]): string[] {
  for (let i = characters.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [characters[i], characters[j]] = [characters[j]!, characters[i]!];
  }
  return characters;
}
