import { Duration } from 'aws-cdk-lib';
import { EventSourceMapping, FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge';
import { PairingFunction } from '../functions/pairing-function';
import type { NounTable } from '../tables/noun-table';

/** How many rows one invocation gets; a row holds some four events. */
const batchSize = 200;
/** A row that fails so often is set apart. */
const retryAttempts = 3;
/** Live news is no news after this. Lambda's shortest. */
const maxRecordAge = Duration.seconds(60);

/**
 * From the stream of `MonitorEvents` to the sockets of viewers. A batch that fails is split until the row at fault is
 * alone; that row goes to the queue after its retries, and the others go on.
 */
export class MonitorPush extends Construct {
  readonly fanOut: PairingFunction;
  /** Where rows end that could not be sent. */
  readonly failures: Queue;

  constructor(scope: Construct, id: string, props: { events: NounTable; logRetentionDays: RetentionDays }) {
    super(scope, id);
    const { events, logRetentionDays } = props;
    this.fanOut = new PairingFunction(this, 'FanOut', {
      entry: 'monitor-fan-out',
      description: "Sends new monitor events to viewers' sockets",
      timeout: Duration.seconds(30),
      logRetentionDays,
    });
    this.failures = new Queue(this, 'Failures', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(this.failures, { 'AwsSolutions-SQS3': 'This queue is itself where failures end.' });
    const { fanOut, failures } = this;
    const mapping = new EventSourceMapping(this, 'Mapping', {
      target: fanOut,
      eventSourceArn: events.streamArn,
      startingPosition: StartingPosition.LATEST,
      batchSize,
      bisectBatchOnError: true,
      retryAttempts,
      maxRecordAge,
      reportBatchItemFailures: true,
      onFailure: new SqsDlq(failures),
      // Rows that die are nobody's news.
      filters: [FilterCriteria.filter({ eventName: FilterRule.isEqual('INSERT') })],
    });
    // Lambda checks the role when it makes the mapping.
    if (fanOut.role) mapping.node.addDependency(fanOut.role);
  }
}
