import { Duration } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { env } from '../../lambdas/aws/env';
import { acknowledge } from '../acknowledge';
import { pinLogicalId } from '../pinned';

/** How long the function may take for a batch; a guard that failed comes again after twice that. */
export const guardTimeout = Duration.seconds(15);
/** A guard that failed so often is set apart. */
const tries = 5;
/** SQS gives ten at a time, and each receive and each delete is a request: a second of gathering makes most of them shared. */
const batchSize = 10;
const gatherFor = Duration.seconds(1);

/** What a function may do with the queue. `receive`: what Lambda does in its name. */
export type GuardVerb = 'SendMessage' | 'receive';

const receiving = ['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility', 'GetQueueAttributes'];

/** The queue of guards: delayed messages that look after calls for which no function waits. */
export class GuardQueue extends Construct {
  private readonly queue: Queue;
  /** Where guards end that failed again and again. */
  readonly failures: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.failures = new Queue(this, 'Failures', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(this.failures, { 'AwsSolutions-SQS3': 'This queue is itself where failures end.' });
    this.queue = new Queue(this, 'Guards', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: Duration.seconds(guardTimeout.toSeconds() * 2),
      // Delays are 15 minutes at most: an hour later no guard has anything to do.
      retentionPeriod: Duration.hours(1),
      deadLetterQueue: { queue: this.failures, maxReceiveCount: tries },
    });
    pinLogicalId(this.queue, 'GuardQueue');
  }

  /** Gives a function the guards whose time has come, batch by batch. */
  serve(fn: LambdaFunction): void {
    const mapping = new EventSourceMapping(this, 'Mapping', {
      target: fn,
      eventSourceArn: this.queue.queueArn,
      batchSize,
      maxBatchingWindow: gatherFor,
      reportBatchItemFailures: true,
    });
    // Lambda checks the role when it makes the mapping.
    if (fn.role) mapping.node.addDependency(fn.role);
  }

  /** Lets a function send guards, or be given them, and tells it where. */
  grant(fn: LambdaFunction, ...verbs: GuardVerb[]): void {
    fn.addEnvironment(env.guardQueueUrl, this.queue.queueUrl);
    const actions = verbs.flatMap((verb) => (verb === 'receive' ? receiving : [verb]));
    fn.addToRolePolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: actions.map((action) => `sqs:${action}`),
        resources: [this.queue.queueArn],
      }),
    );
  }
}
