/** Guards in an SQS queue: each a message that shows when its time has come. SQS counts in whole seconds, up to 900. */
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { GuardQueue } from '../../core/wire/guards';
import { againstDeadConnections, connections } from '../sdk/connections';
import { lean } from '../sdk/lean';

const maxDelaySeconds = 900;

/** Guards in the queue at `QueueUrl`. A message that was sent twice, because the first answer was lost, does no harm. */
export function guardQueue(QueueUrl: string): GuardQueue {
  const client = lean(
    againstDeadConnections(
      // What came back is not checked against its digest: nothing is read of it.
      new SQSClient({
        maxAttempts: 3,
        md5: false,
        useQueueUrlAsEndpoint: false,
        requestHandler: connections(),
        cacheMiddleware: true,
      }),
    ),
  );
  return {
    async send(guard, inMs) {
      const DelaySeconds = Math.min(maxDelaySeconds, Math.max(0, Math.ceil(inMs / 1000)));
      await client.send(
        new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(guard), DelaySeconds }),
      );
    },
  };
}
