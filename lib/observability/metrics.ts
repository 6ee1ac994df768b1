import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import {
  type ConnectOutcome,
  type DisconnectReason,
  metricNamespace,
  type RedeemOutcome,
} from '../../lambdas/aws/observe/metric-names';
import { type Outcome, outcomeWords } from '../../lambdas/core/wire/outcomes';

/** The functions' own metrics (namespace `AgentTownPairing`) of one deployment, five minutes to a point. */
export class PairingMetrics {
  constructor(private readonly deployment: string) {}

  /** How many calls ended so. */
  calls(outcome: Outcome): Metric {
    return this.metric('Calls', Stats.SUM, { Outcome: outcome }, outcome);
  }

  /** Percentile of the time from a call's arrival to its end, in milliseconds. */
  callTime(percentile: number): Metric {
    return this.metric('CallTime', Stats.percentile(percentile), {}, `p${percentile}`);
  }

  /** Redeems of codes. */
  redeems(outcome: RedeemOutcome): Metric {
    return this.metric('Redeems', Stats.SUM, { Outcome: outcome }, outcome);
  }

  /** Handshakes. */
  connects(outcome: ConnectOutcome): Metric {
    return this.metric('Connects', Stats.SUM, { Outcome: outcome }, outcome);
  }

  /** Sockets that closed, by reason. */
  disconnects(reason: DisconnectReason): Metric {
    return this.metric('Disconnects', Stats.SUM, { Reason: reason }, reason);
  }

  /** Faults that the functions met and answered with 500. */
  faults(): Metric {
    return this.metric('Faults', Stats.SUM, {}, 'faults');
  }

  /** How old a monitor event was when it reached its viewers, 99th percentile, in milliseconds. */
  fanOutAge(): Metric {
    return this.metric('FanOutAge', Stats.percentile(99), {}, 'p99');
  }

  /** How often a waiting function looked at its call, 99th percentile. */
  waitReads(): Metric {
    return this.metric('WaitReads', Stats.percentile(99), {}, 'p99');
  }

  /** Of 100 calls so many met no runtime. 0 below `leastCalls` calls in the period: a few say nothing. */
  offlineShare(leastCalls: number): MathExpression {
    const usingMetrics = Object.fromEntries(
      outcomeWords.map((outcome) => [outcome.replace('-', ''), this.calls(outcome)]),
    );
    const total = Object.keys(usingMetrics)
      .map((name) => `FILL(${name}, 0)`)
      .join(' + ');
    const away = 'FILL(offline, 0) + FILL(disconnected, 0)';
    return new MathExpression({
      expression: `IF((${total}) >= ${leastCalls}, 100 * (${away}) / (${total}), 0)`,
      usingMetrics,
      label: 'calls that met no runtime, %',
      period: fiveMinutes,
    });
  }

  private metric(
    metricName: string,
    statistic: string,
    dimensions: Record<string, string>,
    label: string,
  ): Metric {
    return new Metric({
      namespace: metricNamespace,
      metricName,
      dimensionsMap: { Deployment: this.deployment, ...dimensions },
      statistic,
      label,
      period: fiveMinutes,
    });
  }
}

const fiveMinutes = Duration.minutes(5);

/** The sum of one Lambda metric over functions; ten at most, which is how many an alarm can add up. */
export function sumOver(functions: LambdaFunction[], metric: 'Errors' | 'Throttles'): MathExpression {
  const usingMetrics = Object.fromEntries(
    functions.map((fn, at) => [
      `${metric.toLowerCase()}${at}`,
      fn.metric(metric, { statistic: Stats.SUM, period: fiveMinutes }),
    ]),
  );
  return new MathExpression({
    expression: Object.keys(usingMetrics)
      .map((name) => `FILL(${name}, 0)`)
      .join(' + '),
    usingMetrics,
    label: metric.toLowerCase(),
    period: fiveMinutes,
  });
}
