import { Aws, CfnMapping, CfnOutput, Stack } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { Alarms } from './alarms';
import { PairingDashboard } from './dashboard';
import { PairingMetrics } from './metrics';

/** What is observed. */
export interface ObservabilityProps {
  functions: LambdaFunction[];
  /** The function that reads the monitor events' stream. */
  fanOut?: LambdaFunction | undefined;
  /** Where records of that stream go that could not be handled. */
  deadLetters?: IQueue | undefined;
  /** Where guards of calls go that could not be handled. */
  deadGuards?: IQueue | undefined;
  /** Gets a mail for each alarm. Default: none. */
  alarmEmail: string | undefined;
}

/** The alarms and the one dashboard of a deployment. */
export class Observability extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { functions, fanOut, deadLetters, deadGuards, alarmEmail }: ObservabilityProps,
  ) {
    super(scope, id);
    const { stackName, region } = Stack.of(this);
    const metrics = new PairingMetrics(stackName);
    const { alarms } = new Alarms(this, 'Alarms', {
      metrics,
      functions,
      fanOut,
      deadLetters,
      deadGuards,
      email: alarmEmail,
    });
    const { dashboard } = new PairingDashboard(this, 'Board', { metrics, functions, alarms });
    const host = consoles(this).findInMap(Aws.PARTITION, 'host');
    new CfnOutput(Stack.of(this), 'DashboardUrl', {
      value: `https://${region}.${host}/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboard.dashboardName}`,
    });
  }
}

/** Where the console of each partition is. */
function consoles(scope: Construct): CfnMapping {
  return new CfnMapping(scope, 'Consoles', {
    mapping: {
      aws: { host: 'console.aws.amazon.com' },
      'aws-cn': { host: 'console.amazonaws.cn' },
      'aws-us-gov': { host: 'console.amazonaws-us-gov.com' },
    },
  });
}
