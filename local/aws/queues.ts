/** SQS standard queues, in memory: delays, visibility time-outs, and the way to a dead-letter queue. */
import { arn } from '../template/attributes';
import type { Resolver } from '../types';
import { LocalQueue } from './queue';

/** Every queue of a stack. */
export interface Queues {
  byUrl(url: string): LocalQueue | undefined;
  byArn(queueArn: string): LocalQueue | undefined;
  /** Bodies of the messages that a queue holds, received or not. Throws for a logical id that is no queue. */
  messages(logicalId: string): string[];
}

interface QueueProperties {
  DelaySeconds?: number | string;
  VisibilityTimeout?: number | string;
  RedrivePolicy?: { deadLetterTargetArn?: string; maxReceiveCount?: number | string };
}

/** SQS's own: 30 seconds. */
const DEFAULT_VISIBILITY_SECONDS = 30;

/** Makes the queues of a stack. Throws on a redrive policy that names no queue of it. */
export function createQueues(resolver: Resolver): Queues {
  const resources = resolver.ofType<QueueProperties>('AWS::SQS::Queue');
  const queues = resources.map(({ logicalId, properties }) => {
    const url = resolver.ref(logicalId);
    return new LocalQueue({
      logicalId,
      url,
      arn: arn('sqs', url.split('/').pop()!),
      delaySeconds: Number(properties.DelaySeconds ?? 0),
      visibilitySeconds: Number(properties.VisibilityTimeout ?? DEFAULT_VISIBILITY_SECONDS),
    });
  });
  const byArn = (queueArn: string) => queues.find((queue) => queue.arn === queueArn);
  resources.forEach(({ logicalId, properties }, index) => {
    if (!properties.RedrivePolicy) return;
    const { deadLetterTargetArn = '', maxReceiveCount } = properties.RedrivePolicy;
    const target = byArn(deadLetterTargetArn);
    if (!target) throw new Error(`The queue ${logicalId} sends dead letters to what is no queue here.`);
    queues[index]!.deadLetters = { queue: target, maxReceives: Number(maxReceiveCount) };
  });
  return {
    byUrl: (url) => queues.find((queue) => queue.url === url),
    byArn,
    messages: (logicalId) => {
      const queue = queues.find((candidate) => candidate.logicalId === logicalId);
      if (!queue) throw new Error(`The stack has no queue ${logicalId}.`);
      return queue.bodies();
    },
  };
}
