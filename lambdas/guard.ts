/** Guards, from their queue: calls without a waiter at their deadlines, gateways whose runtime left or came. */
import type { SQSEvent } from 'aws-lambda';
import { callWorld } from './aws/composition';
import { recorderOf } from './aws/monitor/recorder';
import { log } from './aws/observe/log';
import { measure } from './aws/observe/metrics';
import { heedGuard } from './core/push/guards';
import { readGuard } from './core/wire/guards';

export const handler = async ({ Records }: SQSEvent) => {
  const failed = await Promise.all(
    Records.map(async ({ messageId, body }) => {
      const recorder = recorderOf(messageId, 0);
      try {
        await heedGuard(callWorld({ recorder, requestId: messageId }), readGuard(body));
        return [];
      } catch (error) {
        measure({ name: 'Faults', unit: 'Count', value: 1 });
        log.error('A guard failed', { messageId, reason: (error as Error).name });
        return [{ itemIdentifier: messageId }];
      } finally {
        await recorder.flush();
      }
    }),
  );
  // The others are done: only these come again.
  return { batchItemFailures: failed.flat() };
};
