import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { connectOutcomes, disconnectReasons, redeemOutcomes } from '../../lambdas/aws/observe/metric-names';
import { outcomeWords } from '../../lambdas/core/wire/outcomes';
import { type PairingMetrics, sumOver } from './metrics';

/** What is shown. */
export interface PairingDashboardProps {
  metrics: PairingMetrics;
  functions: LambdaFunction[];
  alarms: Alarm[];
}

/** One page that answers "is it well?": the alarms on top, below them calls, sockets, pairings and functions. */
export class PairingDashboard extends Construct {
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, { metrics, functions, alarms }: PairingDashboardProps) {
    super(scope, id);
    this.dashboard = new Dashboard(this, 'Dashboard', { defaultInterval: Duration.hours(12) });
    const graph = (title: string, left: IMetric[], more: { stacked?: boolean } = {}) =>
      new GraphWidget({ title, left, width: 12, height: 6, leftYAxis: { min: 0 }, ...more });
    this.dashboard.addWidgets(new AlarmStatusWidget({ title: 'Is it well?', alarms, width: 24, height: 3 }));
    this.dashboard.addWidgets(
      graph(
        'Calls by outcome',
        outcomeWords.map((outcome) => metrics.calls(outcome)),
        { stacked: true },
      ),
      graph(
        'Time of a call, ms',
        [50, 90, 99].map((percentile) => metrics.callTime(percentile)),
      ),
    );
    this.dashboard.addWidgets(
      graph('Calls that met no runtime, %', [metrics.offlineShare(1)]),
      graph(
        'Pairings',
        redeemOutcomes.map((outcome) => metrics.redeems(outcome)),
      ),
    );
    this.dashboard.addWidgets(
      graph(
        'Sockets opened',
        connectOutcomes.map((outcome) => metrics.connects(outcome)),
      ),
      graph(
        'Sockets closed, by reason',
        disconnectReasons.map((reason) => metrics.disconnects(reason)),
        {
          stacked: true,
        },
      ),
    );
    this.dashboard.addWidgets(
      graph('Faults, errors and throttles', [
        metrics.faults(),
        sumOver(functions, 'Errors'),
        sumOver(functions, 'Throttles'),
      ]),
      graph(
        'Functions running at once',
        functions.map((fn) => fn.metric('ConcurrentExecutions', { statistic: 'Maximum', label: fn.node.id })),
      ),
    );
    this.dashboard.addWidgets(
      graph('Age of monitor events at their viewers, ms', [metrics.fanOutAge()]),
      graph('Looks at a call while it waits', [metrics.waitReads()]),
    );
  }
}
