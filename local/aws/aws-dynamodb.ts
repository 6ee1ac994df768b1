/** DynamoDB behind the endpoint: permissions and metering here, the work in the engine. */

import { unitsOf } from '../tables/dynamodb-units';
import { DYNAMODB, type EngineClient } from '../tables/engine-client';
import type { LocalTable } from '../tables/tables';
import { ACCOUNT_ID, REGION } from '../template/attributes';
import type { JsonInput } from '../types';
import { type AwsService, jsonError, readJsonCall, type ServiceAnswer } from './aws-service';
import { dynamodbAccess } from './dynamodb-authorization';

/** Writes of one item: their failed conditions are metered by the item that made them fail. */
const CONDITIONAL = new Set(['PutItem', 'UpdateItem', 'DeleteItem']);

const CORAL = new Set(['AccessDeniedException', 'UnrecognizedClientException', 'UnknownOperationException']);

/** Makes the service over an engine and the tables on it. `metering` is asked for each call. */
export function dynamodbService(
  engine: EngineClient,
  tables: LocalTable[],
  metering: () => boolean,
): AwsService {
  return {
    name: 'dynamodb',
    deniedStatus: 400,
    plan: (request) => {
      const { operation, input } = readJsonCall(request);
      return {
        operation,
        ...dynamodbAccess(operation, input, tables),
        carryOut: () =>
          metering() && !operation.startsWith('Describe')
            ? metered(engine, operation, input)
            : plain(engine, operation, request.body.toString()),
      };
    },
    error: (status, code, message) =>
      jsonError(CORAL.has(code) ? 'com.amazon.coral.service' : 'com.amazonaws.dynamodb.v20120810')(
        status,
        code,
        message,
      ),
  };
}

async function plain(engine: EngineClient, operation: string, body: string): Promise<ServiceAnswer> {
  const answer = await engine.send(`${DYNAMODB}.${operation}`, body);
  return operation === 'DescribeTable' ? { ...answer, body: inLocalRegion(answer.body) } : answer;
}

/** Asks the engine for units and for the item behind a failed condition, and takes out what the caller did not ask for. */
async function metered(engine: EngineClient, operation: string, input: JsonInput): Promise<ServiceAnswer> {
  const askedCapacity = input.ReturnConsumedCapacity !== undefined && input.ReturnConsumedCapacity !== 'NONE';
  const askedItem = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
  const wantsItem = CONDITIONAL.has(operation) && input.ConditionExpression !== undefined;
  const sent: JsonInput = {
    ...input,
    ReturnConsumedCapacity: askedCapacity ? input.ReturnConsumedCapacity : 'TOTAL',
    ...(wantsItem && { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
  };
  const { status, body } = await engine.send(`${DYNAMODB}.${operation}`, JSON.stringify(sent));
  const answer: JsonInput = JSON.parse(body || '{}');
  const units = unitsOf(operation, input, answer);
  if (!askedCapacity) delete answer.ConsumedCapacity;
  if (status !== 200 && wantsItem && !askedItem) delete answer.Item;
  return { status, body: JSON.stringify(answer), ...units };
}

/** Engines name themselves in ARNs; the policies and functions know the local region only. */
function inLocalRegion(body: string): string {
  return body.replace(/arn:aws:dynamodb:[^:"]*:[^:"]*:/g, `arn:aws:dynamodb:${REGION}:${ACCOUNT_ID}:`);
}
