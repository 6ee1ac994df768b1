/**
 * Credentials of a function, in place of the SDK's default chain: Lambda puts them into the environment and nowhere
 * else, while the chain brings SSO, STS, profiles and instance metadata along, more than a quarter of a bundle.
 * `lib/functions/function-bundle.ts` puts this file where the SDK imports `@aws-sdk/credential-provider-node`.
 */

/** What the SDK's clients call when they are given no credentials. Throws, naming the variables, when they are not set. */
export const defaultProvider = () => async () => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) {
    throw new Error(
      'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set: this bundle runs as a function.',
    );
  }
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
  };
};
