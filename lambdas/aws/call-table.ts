/**
 * `Rpcs`: one row per call, from its opening until ten minutes after its end.
 * callKey + item ("call") · nonce · gatewayId · clientId · method · digest · sentTo? · openedAt, deadline (ms) ·
 * expiresAt (s) · outcome? · endedAt? (ms) · answer? (see answer-codec)
 * Index `byGateway`: gatewayId + openedAt, keys only. A call without `outcome` is pending.
 */
import {
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { CallEnd, Outcome, StoredCall } from '../core/calls';
import type { RuntimeAnswer } from '../core/frames';
import { limits } from '../core/limits';
import type { CallStore, EndedBy } from '../core/ports';
import { decodeJson, encodeJson } from './answer-codec';
import { conditionally, fromRow, isLive, type Row, seconds, toRow } from './dynamo';

/** Calls in DynamoDB. */
export function callTable(client: DynamoDBClient, tableName: string): CallStore {
  const keyOf = (callKey: string) => ({ TableName: tableName, Key: toRow({ callKey, item: 'call' }) });
  return {
    async open(call, nowMs) {
      const { openedAtMs, deadlineMs, expiresAtMs, ...rest } = call;
      const times = { openedAt: openedAtMs, deadline: deadlineMs, expiresAt: seconds(expiresAtMs) };
      const written = await conditionally(
        client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: toRow({ ...rest, item: 'call', ...times }),
            // No call has this key, or its time is over.
            ConditionExpression: 'attribute_not_exists(callKey) OR expiresAt <= :now',
            ExpressionAttributeValues: toRow({ ':now': Math.floor(nowMs / 1000) }),
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      );
      if (written === 'done') return 'opened';
      if (!written.standing)
        throw new Error('A refused call must come with the call that stands in its way.');
      return callOf(written.standing);
    },
    async read(callKey, nowMs) {
      const { Item } = await client.send(new GetItemCommand({ ...keyOf(callKey), ConsistentRead: true }));
      return isLive(Item, nowMs) ? callOf(Item) : undefined;
    },
    async sentTo(callKey, nonce, connectionId) {
      await conditionally(
        client.send(
          new UpdateItemCommand({
            ...keyOf(callKey),
            UpdateExpression: 'SET sentTo = :socket',
            ConditionExpression: 'nonce = :nonce',
            ExpressionAttributeValues: toRow({ ':socket': connectionId, ':nonce': nonce }),
          }),
        ),
      );
    },
    async end({ callKey, nonce }, end, by) {
      const word = wordOf(by, end.atMs);
      const written = await conditionally(
        client.send(
          new UpdateItemCommand({
            ...keyOf(callKey),
            UpdateExpression: `SET outcome = :outcome, endedAt = :at, expiresAt = :expires${end.answer ? ', answer = :answer' : ''}`,
            // This very call, still pending, on a word that counts.
            ConditionExpression: `nonce = :nonce AND attribute_not_exists(outcome)${word.condition}`,
            ExpressionAttributeValues: toRow({
              ':outcome': end.outcome,
              ':at': end.atMs,
              ':expires': seconds(end.atMs + limits.keepAnswerMs),
              ':answer': end.answer && encodeJson(end.answer),
              ':nonce': nonce,
              ...word.values,
            }),
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      );
      if (written === 'done') return 'ended';
      return isLive(written.standing, end.atMs) ? { refused: callOf(written.standing) } : {};
    },
  };
}

/** A reply counts before the deadline only; a waiter may end the call at any time. */
function wordOf(by: EndedBy, atMs: number): { condition: string; values: Record<string, unknown> } {
  if ('waiter' in by) return { condition: '', values: {} };
  const [name, who] = 'connectionId' in by ? ['sentTo', by.connectionId] : ['gatewayId', by.gatewayId];
  return { condition: ` AND ${name} = :who AND deadline > :now`, values: { ':who': who, ':now': atMs } };
}

function callOf(row: Row): StoredCall {
  const { item: _, openedAt, deadline, expiresAt, outcome, endedAt, answer, ...rest } = fromRow(row);
  return {
    ...(rest as Pick<StoredCall, 'callKey' | 'nonce' | 'gatewayId' | 'clientId' | 'method' | 'digest'>),
    openedAtMs: Number(openedAt),
    deadlineMs: Number(deadline),
    expiresAtMs: Number(expiresAt) * 1000,
    ...(outcome === undefined ? {} : { end: endOfRow(outcome as Outcome, Number(endedAt), answer) }),
  };
}

function endOfRow(outcome: Outcome, atMs: number, answer: unknown): CallEnd {
  if (!(answer instanceof Uint8Array)) return { outcome, atMs };
  return { outcome, atMs, answer: decodeJson(answer) as RuntimeAnswer };
}
