/** SQS behind the endpoint: SendMessage and SendMessageBatch, which is all that a sender needs. */
import { createHash } from 'node:crypto';
import type { JsonInput } from '../types';
import { type AwsService, jsonError, readJsonCall, ServiceError } from './aws-service';
import { type LocalQueue, MAX_DELAY_SECONDS, MAX_MESSAGE_BYTES } from './queue';
import type { Queues } from './queues';

/** SQS takes this many at once. */
const MAX_BATCH = 10;

/** Makes the service over the queues of a stack. */
export function sqsService(queues: Queues): AwsService {
  return {
    name: 'sqs',
    deniedStatus: 403,
    plan: (request) => {
      const { operation, input } = readJsonCall(request);
      const carryOut = operations.get(operation);
      if (!carryOut)
        throw new ServiceError(
          400,
          'UnknownOperationException',
          `The local host does not carry out sqs:${operation}.`,
        );
      const queue = queues.byUrl(String(input.QueueUrl));
      if (!queue) throw new ServiceError(400, 'QueueDoesNotExist', 'The specified queue does not exist.');
      return {
        operation,
        needs: [{ action: 'sqs:SendMessage', resource: queue.arn }],
        resources: [queue.logicalId],
        carryOut: async () => ({ status: 200, body: JSON.stringify(carryOut(queue, input)) }),
      };
    },
    error: jsonError('com.amazonaws.sqs'),
  };
}

const operations = new Map<string, (queue: LocalQueue, input: JsonInput) => unknown>([
  ['SendMessage', (queue, input) => send(queue, [input])[0]],
  [
    'SendMessageBatch',
    (queue, input) => {
      const entries = (input.Entries ?? []) as JsonInput[];
      if (entries.length === 0 || entries.length > MAX_BATCH)
        throw invalid(`A batch has 1 to ${MAX_BATCH} entries`);
      const sent = send(queue, entries);
      return { Failed: [], Successful: sent.map((one, index) => ({ Id: entries[index]!.Id, ...one })) };
    },
  ],
]);

/** All are checked before one is taken. */
function send(queue: LocalQueue, messages: JsonInput[]) {
  const checked = messages.map(({ MessageBody, DelaySeconds }) => {
    const body = String(MessageBody ?? '');
    if (Buffer.byteLength(body) > MAX_MESSAGE_BYTES)
      throw invalid(`Message must be shorter than ${MAX_MESSAGE_BYTES} bytes`);
    const delay = DelaySeconds as number | undefined;
    const known =
      delay === undefined || (Number.isInteger(delay) && delay >= 0 && delay <= MAX_DELAY_SECONDS);
    if (!known) throw invalid(`DelaySeconds must be >= 0 and <= ${MAX_DELAY_SECONDS}`);
    return { body, delay };
  });
  return checked.map(({ body, delay }) => ({
    MessageId: queue.send(body, delay).messageId,
    MD5OfMessageBody: createHash('md5').update(body).digest('hex'),
  }));
}

function invalid(reason: string): ServiceError {
  const message = `One or more parameters are invalid. Reason: ${reason}.`;
  return new ServiceError(400, 'InvalidParameterValue', message);
}
