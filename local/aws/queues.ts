/** SQS queues: messages are kept in memory, for tests to read. Nothing receives them here. */
import { arn } from '../template/attributes';
import type { Resolver } from '../types';

/** SQS refuses larger messages. */
export const MAX_MESSAGE_BYTES = 1_048_576;

/** One queue of the stack. */
export interface LocalQueue {
  logicalId: string;
  arn: string;
  url: string;
  /** Message bodies in order of arrival. */
  messages: string[];
}

/** Every queue of a stack. */
export interface Queues {
  byUrl(url: string): LocalQueue | undefined;
  byArn(queueArn: string): LocalQueue | undefined;
  /** Throws for a logical id that is no queue. */
  messages(logicalId: string): string[];
}

/** Makes the queues of a stack. */
export function createQueues(resolver: Resolver): Queues {
  const queues = resolver.ofType('AWS::SQS::Queue').map(({ logicalId }): LocalQueue => {
    const url = resolver.ref(logicalId);
    return { logicalId, url, arn: arn('sqs', url.split('/').pop()!), messages: [] };
  });
  return {
    byUrl: (url) => queues.find((queue) => queue.url === url),
    byArn: (queueArn) => queues.find((queue) => queue.arn === queueArn),
    messages: (logicalId) => {
      const queue = queues.find((candidate) => candidate.logicalId === logicalId);
      if (!queue) throw new Error(`The stack has no queue ${logicalId}.`);
      return queue.messages;
    },
  };
}
