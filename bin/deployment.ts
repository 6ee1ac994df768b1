import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { Failure } from './failure';

/** A deployed stack. */
export interface Deployment {
  stackName: string;
  /** CloudFormation's word, as `CREATE_COMPLETE`. */
  state: string;
  outputs: Record<string, string>;
  /** The options that it was deployed with; those left out have their defaults. */
  options: Record<string, string>;
}

/** The one call of a client that is used here. */
export type Sends<Command, Answer> = { send(command: Command): Promise<Answer> };

type StackReader = Sends<
  DescribeStacksCommand,
  {
    Stacks?: Array<{
      StackStatus?: string | undefined;
      Outputs?: Array<{ OutputKey?: string; OutputValue?: string }>;
    }>;
  }
>;

/** Reads a stack. Throws a sentence where there is none, or AWS does not let it be read. */
export async function readDeployment(
  stackName: string,
  client: StackReader = new CloudFormationClient({}) as StackReader,
): Promise<Deployment> {
  const { Stacks = [] } = await client
    .send(new DescribeStacksCommand({ StackName: stackName }))
    .catch((error: Error) => {
      if (/does not exist/.test(error.message))
        throw new Failure(
          `There is no stack ${stackName} in this account and Region: see --stack, --region, --profile.`,
        );
      throw new Failure(`AWS could not be asked about ${stackName}: ${error.message}`);
    });
  const [stack] = Stacks;
  if (!stack) throw new Failure(`There is no stack ${stackName} in this account and Region.`);
  const outputs = Object.fromEntries(
    (stack.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  );
  const { Options = '{}', ...rest } = outputs;
  return { stackName, state: stack.StackStatus ?? 'unknown', outputs: rest, options: JSON.parse(Options) };
}

type AlarmReader = Sends<
  DescribeAlarmsCommand,
  { MetricAlarms?: Array<{ AlarmName?: string; AlarmDescription?: string }>; NextToken?: string }
>;

/** The alarms of a stack that ring, as name and description. */
export async function alarmsThatRing(
  stackName: string,
  client: AlarmReader = new CloudWatchClient({}) as AlarmReader,
): Promise<Array<{ name: string; description: string }>> {
  const found: Array<{ name: string; description: string }> = [];
  let NextToken: string | undefined;
  do {
    const page = await client
      .send(
        new DescribeAlarmsCommand({
          // CloudFormation begins the names that it draws with the stack's.
          AlarmNamePrefix: `${stackName}-`,
          StateValue: 'ALARM',
          ...(NextToken ? { NextToken } : {}),
        }),
      )
      .catch((error: Error) => {
        throw new Failure(`AWS could not be asked about the alarms of ${stackName}: ${error.message}`);
      });
    for (const { AlarmName = '', AlarmDescription = '' } of page.MetricAlarms ?? [])
      found.push({ name: AlarmName, description: AlarmDescription });
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
}
