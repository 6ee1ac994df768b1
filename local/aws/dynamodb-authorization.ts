/** Which permissions a DynamoDB operation needs: per table, per index, and per item of a transaction. */

import type { LocalTable } from '../tables/tables';
import { arn } from '../template/attributes';
import type { JsonInput } from '../types';
import { type Need, ServiceError } from './aws-service';
import type { RequestContext } from './iam';

/** What a call touches. */
export interface DynamodbAccess {
  needs: Need[];
  /** Logical ids of the tables; one that the stack does not have goes by its name. */
  resources: string[];
}

type Value = Record<string, unknown>;
type Item = Record<string, Value>;

/** Members of a `TransactWriteItems` entry, with the action that each needs. */
const TRANSACTION_ACTIONS = new Map([
  ['Put', 'PutItem'],
  ['Update', 'UpdateItem'],
  ['Delete', 'DeleteItem'],
  ['ConditionCheck', 'ConditionCheckItem'],
  ['Get', 'GetItem'],
]);

/** Works out the permissions of one operation. Throws UnknownOperationException for one that is not known here. */
export function dynamodbAccess(operation: string, input: JsonInput, tables: LocalTable[]): DynamodbAccess {
  const needs: Need[] = [];
  const resources = new Set<string>();

  function need(
    action: string,
    tableName: unknown,
    index?: string,
    items: Item[] = [],
    leading?: string[],
  ): void {
    const name = String(tableName ?? '').replace(/^arn:.*:table\//, '');
    const table = tables.find((candidate) => candidate.name === name);
    resources.add(table?.logicalId ?? name);
    const key = table?.partitionKeys[''];
    const keys = leading ?? items.flatMap((item) => (key && item?.[key] ? [keyText(item[key])] : []));
    const context: RequestContext = keys.length > 0 ? { 'dynamodb:LeadingKeys': keys } : {};
    const resource = arn('dynamodb', `table/${name}${index ? `/index/${index}` : ''}`);
    needs.push({ action: `dynamodb:${action}`, resource, context });
  }

  switch (operation) {
    case 'GetItem':
    case 'UpdateItem':
    case 'DeleteItem':
    case 'PutItem':
      need(operation, input.TableName, undefined, [input.Key ?? input.Item]);
      break;
    case 'Query':
      need(operation, input.TableName, input.IndexName, [], queriedKeys(input, tables));
      break;
    case 'Scan':
      need(operation, input.TableName, input.IndexName);
      break;
    case 'DescribeTable':
    case 'DescribeTimeToLive':
      need(operation, input.TableName);
      break;
    case 'BatchGetItem':
      for (const [table, { Keys }] of Object.entries<JsonInput>(input.RequestItems ?? {}))
        need(operation, table, undefined, Keys);
      break;
    case 'BatchWriteItem':
      for (const [table, writes] of Object.entries<JsonInput[]>(input.RequestItems ?? {}))
        need(
          operation,
          table,
          undefined,
          writes.map((write) => write.PutRequest?.Item ?? write.DeleteRequest?.Key),
        );
      break;
    case 'TransactWriteItems':
    case 'TransactGetItems':
      for (const entry of (input.TransactItems ?? []) as JsonInput[])
        for (const [member, part] of Object.entries<JsonInput>(entry)) {
          const action = TRANSACTION_ACTIONS.get(member);
          if (action) need(action, part.TableName, undefined, [part.Key ?? part.Item]);
        }
      break;
    default:
      throw new ServiceError(
        400,
        'UnknownOperationException',
        `The local host does not carry out dynamodb:${operation}.`,
      );
  }
  return { needs, resources: [...resources] };
}

/** The partition key's value in `key = :value`; AWS wants exactly this form for it. */
function queriedKeys(input: JsonInput, tables: LocalTable[]): string[] {
  const table = tables.find((candidate) => candidate.name === input.TableName);
  const key = table?.partitionKeys[input.IndexName ?? ''];
  const terms = String(input.KeyConditionExpression ?? '').matchAll(/([#\w]+)\s*=\s*(:\w+)/g);
  for (const [, name, value] of terms)
    if ((input.ExpressionAttributeNames?.[name!] ?? name) === key)
      return [keyText(input.ExpressionAttributeValues?.[value!] ?? {})];
  return [];
}

function keyText(value: Value): string {
  return String(Object.values(value)[0] ?? '');
}
