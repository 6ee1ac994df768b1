import type { Template } from './types';

/** Shortest registration token that a stack takes. */
export const MIN_TOKEN_CHARACTERS = 16;

/**
 * Logical id of the secret that holds the registration token: the one that an output named `…TokenArn` refers to, as
 * an operator finds it too. Undefined where the stack has no such output, as with open registration.
 */
export function tokenSecretOf(template: Template): string | undefined {
  const output = Object.entries(template.Outputs ?? {}).find(([name]) => name.includes('TokenArn'))?.[1];
  const logicalId = (output?.Value as { Ref?: string } | undefined)?.Ref;
  if (output && template.Resources[logicalId ?? '']?.Type !== 'AWS::SecretsManager::Secret') {
    throw new Error('The output …TokenArn of the stack does not refer to a secret');
  }
  return logicalId;
}

/** The values of secrets by logical id: a given token for its own, none for all others. Throws where the stack takes none. */
export function tokenAsSecret(
  template: Template,
  token: string | undefined,
): (logicalId: string) => string | undefined {
  if (token === undefined) return () => undefined;
  const tokenSecret = tokenSecretOf(template);
  if (!tokenSecret)
    throw new Error('The stack takes no registration token: it has no output named …TokenArn');
  return (logicalId) => (logicalId === tokenSecret ? token : undefined);
}
