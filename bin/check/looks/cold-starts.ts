/** Cold starts, as Lambda reports them. Functions log successful runs only while their system log level is INFO. */
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Sends } from '../../deployment';
import { Failure } from '../../failure';
import { figureOf, type Look, notTried, sight } from '../look';

type Logs = Sends<
  DescribeLogGroupsCommand | FilterLogEventsCommand,
  {
    logGroups?: Array<{ logGroupName?: string }>;
    events?: Array<{ message?: string }>;
    nextToken?: string;
  }
>;

/** How far back is looked. */
const dayMs = 86_400_000;
const howTo =
  'no run of the last day was reported: set the system log level of the functions to INFO for some hundred starts';

/** Durations of initialisations within the last day, in milliseconds, by log group. */
export async function readColdStarts(
  stackName: string,
  nowMs: number,
  client: Logs = new CloudWatchLogsClient({}) as Logs,
): Promise<Map<string, number[]>> {
  const found = new Map<string, number[]>();
  const send: Logs['send'] = (command) =>
    client.send(command).catch((error: Error) => {
      throw new Failure(`AWS could not be asked about the logs of ${stackName}: ${error.message}`);
    });
  // CloudFormation begins the names that it draws with the stack's.
  for await (const { logGroups = [] } of pages((nextToken) =>
    send(new DescribeLogGroupsCommand({ logGroupNamePrefix: `${stackName}-`, nextToken })),
  ))
    for (const { logGroupName = '' } of logGroups) found.set(logGroupName, []);
  for (const [logGroupName, durations] of found)
    for await (const { events = [] } of pages((nextToken) =>
      send(
        new FilterLogEventsCommand({
          logGroupName,
          nextToken,
          startTime: nowMs - dayMs,
          filterPattern: '{ $.type = "platform.report" && $.record.metrics.initDurationMs > 0 }',
        }),
      ),
    ))
      durations.push(...events.map(({ message = '{}' }) => durationOf(message)).filter((ms) => ms > 0));
  return found;
}

/** Cold starts of each function. */
export const coldStarts: Look = {
  id: 'cold-starts',
  title: 'cold starts, from the logs of the last day',
  expected: 'figures by function',
  async run({ target }) {
    if (!target.stackName) return notTried('logs are of a stack: --stack');
    const all = [...(await readColdStarts(target.stackName, Date.now()))].filter(([, ms]) => ms.length > 0);
    if (all.length === 0) return notTried(howTo);
    const figures = Object.fromEntries(all.map(([group, ms]) => [group, figureOf(ms)]));
    const found = all.map(
      ([group, ms]) =>
        `${group}: ${ms.length}, p50 ${figures[group]!.p50Ms} ms, p99 ${figures[group]!.p99Ms} ms`,
    );
    return sight(true, found.join('; '), figures);
  },
};

async function* pages<Page extends { nextToken?: string }>(
  ask: (nextToken: string | undefined) => Promise<Page>,
): AsyncGenerator<Page> {
  let nextToken: string | undefined;
  do {
    const page = await ask(nextToken);
    yield page;
    nextToken = page.nextToken;
  } while (nextToken);
}

function durationOf(message: string): number {
  try {
    return Number(JSON.parse(message).record?.metrics?.initDurationMs ?? 0);
  } catch {
    return 0;
  }
}
