import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { Failure } from './failure';

/** Which account and Region a command is about, as its flags say. */
export interface AccountFlags {
  profile?: string;
  region?: string;
}

/** What the SDK finds out before its first request. */
export interface AccountConfig {
  region(): Promise<string>;
  credentials(): Promise<unknown>;
}

/** Lets the SDK's clients and the CDK find the same account: both read the environment. */
export function useAccount(
  { profile, region }: AccountFlags,
  environment: Record<string, string | undefined> = process.env,
): void {
  if (profile) environment.AWS_PROFILE = profile;
  // The AWS CLI's name for it, which the SDK does not know.
  const chosen = region ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION;
  if (chosen) environment.AWS_REGION = chosen;
}

/**
 * Throws a sentence where there is no Region or no credentials, before anything slow begins. Nothing is assumed: the CDK
 * alone would take us-east-1.
 */
export async function requireAccount(
  config: AccountConfig = new CloudFormationClient({}).config as AccountConfig,
): Promise<void> {
  await config.region().catch(() => {
    throw new Failure(
      'No AWS Region is chosen: say --region, or set AWS_REGION, or a region in the profile.',
    );
  });
  await config.credentials().catch((error: Error) => {
    throw new Failure(
      `No AWS credentials were found: say --profile, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. (${error.message})`,
    );
  });
}
