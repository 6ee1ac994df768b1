/** SQS behind the endpoint: SendMessage, which is all that a sender needs. */
import { createHash, randomUUID } from 'node:crypto';
import { type AwsService, jsonError, readJsonCall, ServiceError } from './aws-service';
import { MAX_MESSAGE_BYTES, type Queues } from './queues';

/** Makes the service over the queues of a stack. */
export function sqsService(queues: Queues): AwsService {
  return {
    name: 'sqs',
    deniedStatus: 403,
    plan: (request) => {
      const { operation, input } = readJsonCall(request);
      if (operation !== 'SendMessage')
        throw new ServiceError(
          400,
          'UnknownOperationException',
          `The local host does not carry out sqs:${operation}.`,
        );
      const queue = queues.byUrl(String(input.QueueUrl));
      if (!queue) throw new ServiceError(400, 'QueueDoesNotExist', 'The specified queue does not exist.');
      const body = String(input.MessageBody ?? '');
      return {
        operation,
        needs: [{ action: 'sqs:SendMessage', resource: queue.arn }],
        resources: [queue.logicalId],
        carryOut: async () => {
          if (Buffer.byteLength(body) > MAX_MESSAGE_BYTES)
            throw new ServiceError(
              400,
              'InvalidParameterValue',
              `One or more parameters are invalid. Reason: Message must be shorter than ${MAX_MESSAGE_BYTES} bytes.`,
            );
          queue.messages.push(body);
          const digest = createHash('md5').update(body).digest('hex');
          return {
            status: 200,
            body: JSON.stringify({ MessageId: randomUUID(), MD5OfMessageBody: digest }),
          };
        },
      };
    },
    error: jsonError('com.amazonaws.sqs'),
  };
}
