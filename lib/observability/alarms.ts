import { Duration, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge';
import { type PairingMetrics, sumOver } from './metrics';

/** What is watched. */
export interface AlarmsProps {
  metrics: PairingMetrics;
  functions: LambdaFunction[];
  /** The function that reads the monitor events' stream. */
  fanOut: LambdaFunction | undefined;
  /** Where records of that stream go that could not be handled. */
  deadLetters: IQueue | undefined;
  /** Where guards of calls go that could not be handled. */
  deadGuards: IQueue | undefined;
  /** Gets a mail for each alarm. Default: alarms are seen in the console only. */
  email: string | undefined;
}

/** One alarm: it goes off when `metric` reaches `threshold` in `periods` periods of five minutes in a row. */
interface Definition {
  /** Also the heading of its entry in `docs/operations.md`. */
  name: string;
  meaning: string;
  metric: IMetric;
  threshold: number;
  periods: number;
}

/** An alarm adds up ten metrics at most. */
const maxMetricsOfAlarm = 10;

/** The alarms, each with its entry in the runbook, and the topic that mails them. */
export class Alarms extends Construct {
  readonly alarms: Alarm[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.alarms = definitionsOf(props).map(({ name, meaning, metric, threshold, periods }) => {
      return new Alarm(this, name, {
        alarmDescription: `${meaning} What to do: docs/operations.md#${name.replace(/\d+$/, '').toLowerCase()}`,
        metric,
        threshold,
        evaluationPeriods: periods,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        // No calls, no redeems, no errors: nothing to worry about.
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
    });
    if (!props.email) return;
    const topic = new Topic(this, 'Topic', { enforceSSL: true });
    acknowledge(topic, {
      'AwsSolutions-SNS2': 'A message is the name and the state of an alarm, on its way to a mailbox.',
    });
    // `enforceSSL` gives the topic a policy, and a policy replaces the default that lets the account's alarms in.
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    topic.addSubscription(new EmailSubscription(props.email));
    for (const alarm of this.alarms) {
      alarm.addAlarmAction(new SnsAction(topic));
      alarm.addOkAction(new SnsAction(topic));
    }
  }
}

function definitionsOf({ metrics, functions, fanOut, deadLetters, deadGuards }: AlarmsProps): Definition[] {
  const groups = Array.from({ length: Math.ceil(functions.length / maxMetricsOfAlarm) }, (_, at) => ({
    suffix: at === 0 ? '' : String(at + 1),
    members: functions.slice(at * maxMetricsOfAlarm, (at + 1) * maxMetricsOfAlarm),
  }));
  return [
    {
      name: 'Faults',
      meaning: 'Requests were answered with 500.',
      metric: metrics.faults(),
      threshold: 3,
      periods: 1,
    },
    ...groups.map(({ suffix, members }) => ({
      name: `FunctionErrors${suffix}`,
      meaning: 'Functions crashed or ran out of time.',
      metric: sumOver(members, 'Errors'),
      threshold: 3,
      periods: 1,
    })),
    ...groups.map(({ suffix, members }) => ({
      name: `FunctionThrottles${suffix}`,
      meaning: 'Lambda refused to run functions: the concurrency is used up.',
      metric: sumOver(members, 'Throttles'),
      threshold: 1,
      periods: 1,
    })),
    {
      name: 'SlowCalls',
      meaning: 'One call in a hundred takes 45 s or longer.',
      metric: metrics.callTime(99),
      threshold: 45_000,
      periods: 3,
    },
    {
      name: 'RuntimesOffline',
      meaning: 'Half of the calls, of 20 or more, met no runtime.',
      metric: metrics.offlineShare(20),
      threshold: 50,
      periods: 3,
    },
    {
      name: 'RedeemFailures',
      meaning: 'Many codes were wrong: somebody may be guessing.',
      metric: metrics.redeems('failed'),
      threshold: 100,
      periods: 1,
    },
    ...(fanOut
      ? [
          {
            name: 'MonitorBehind',
            meaning: 'The live monitor lags half a minute or more behind.',
            metric: fanOut.metric('IteratorAge', { statistic: 'Maximum', period: Duration.minutes(5) }),
            // Records are set apart at 60 s, so no age is ever seen above it.
            threshold: 30_000,
            periods: 1,
          },
        ]
      : []),
    ...(deadLetters
      ? [
          {
            name: 'DeadLetters',
            meaning: 'Monitor events could not be handed to viewers.',
            metric: deadLetters.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5) }),
            threshold: 1,
            periods: 1,
          },
        ]
      : []),
    ...(deadGuards
      ? [
          {
            name: 'DeadGuards',
            meaning:
              'Guards of calls failed again and again: calls on sockets may have ended without a word.',
            metric: deadGuards.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5) }),
            threshold: 1,
            periods: 1,
          },
        ]
      : []),
  ];
}
