/**
 * `Rpcs`: a call's own row (call-row), its progress before it (call-progress), what is too large for it behind it
 * (call-parts). Index `byGateway`: gatewayId + openedAt, keys only; calls alone have both.
 */
import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { CallStore, EndedBy } from '../../core/call/ports';
import {
  type CallEnd,
  type CallRef,
  type OpenCall,
  type StoredCall,
  withdrawn,
} from '../../core/call/states';
import { limits } from '../../core/wire/limits';
import { conditionally, isLive, type Row, seconds } from '../dynamo/dynamo';
import { decodeJson } from './answer-codec';
import { callParts } from './call-parts';
import { addProgress, progressOf, readWithProgress } from './call-progress';
import { callOfRow, type Kept, keepAnswer, keepParams, rowOfCall } from './call-row';
import { callsOfGateway } from './calls-of-gateway';

/** Calls in DynamoDB. */
export function callTable(client: DynamoDBDocumentClient, tableName: string): CallStore {
  const keyOf = (callKey: string) => ({ TableName: tableName, Key: { callKey, item: 'call' } });
  const parts = callParts(client, tableName);
  const callOf = (row: Row) => callOfRow(row, (call, name) => parts.read(call, 'reply', name));
  // Packing 4 MiB takes a moment: once for the row and the parts together.
  const packed = new WeakMap<OpenCall, Kept | undefined>();
  const packedParams = (call: OpenCall) => {
    if (!packed.has(call)) packed.set(call, keepParams(call));
    return packed.get(call);
  };
  const rowOf = async (callKey: string) =>
    (await client.send(new GetCommand({ ...keyOf(callKey), ConsistentRead: true }))).Item;
  return {
    async open(call, nowMs) {
      const written = await conditionally(
        client.send(
          new PutCommand({
            TableName: tableName,
            Item: rowOfCall(call, packedParams(call)),
            // No call has this key, or its time is over.
            ConditionExpression: 'attribute_not_exists(callKey) OR expiresAt <= :now',
            ExpressionAttributeValues: { ':now': Math.floor(nowMs / 1000) },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      );
      if (written === 'done') return 'opened';
      if (!written.standing)
        throw new Error('A refused call must come with the call that stands in its way.');
      // The client tries again when an answer of DynamoDB is lost: then this very call stands there.
      if (written.standing.nonce === call.nonce) return 'opened';
      return await callOf(written.standing);
    },
    async read(callKey, nowMs) {
      const row = await rowOf(callKey);
      return isLive(row, nowMs) ? await callOf(row) : undefined;
    },
    async follow(callKey, afterSeq, nowMs) {
      const rows = await readWithProgress(client, tableName, callKey, afterSeq);
      const last = rows.at(-1);
      if (last?.item !== 'call' || !isLive(last, nowMs)) return { progress: [] };
      const call = await callOf(last);
      return { call, progress: progressOf(rows, call, nowMs) };
    },
    async sentTo({ callKey, nonce }, connectionId) {
      const written = await conditionally(
        client.send(
          new UpdateCommand({
            ...keyOf(callKey),
            UpdateExpression: 'SET sentTo = :socket',
            ConditionExpression: 'nonce = :nonce AND attribute_not_exists(outcome)',
            ExpressionAttributeValues: { ':socket': connectionId, ':nonce': nonce },
          }),
        ),
      );
      return written === 'done' ? 'noted' : 'ended';
    },
    async withdraw({ callKey, nonce }, from) {
      const sockets = Object.fromEntries(from.map((id, n) => [`:s${n}`, id]));
      if (from.length === 0) return;
      await conditionally(
        client.send(
          new UpdateCommand({
            ...keyOf(callKey),
            UpdateExpression: 'SET sentTo = :nobody',
            // This very call, still pending, and addressed to one of these sockets.
            ConditionExpression: `nonce = :nonce AND attribute_not_exists(outcome) AND sentTo IN (${Object.keys(sockets).join(', ')})`,
            ExpressionAttributeValues: { ':nobody': withdrawn, ':nonce': nonce, ...sockets },
          }),
        ),
      );
    },
    async end(ref, end, by) {
      const { callKey, nonce } = ref;
      const answer = keepAnswer(end.answer);
      const expiresAtMs = end.atMs + limits.keepAnswerMs;
      if (answer && 'parts' in answer) await parts.write(ref, 'reply', answer.bytes, expiresAtMs);
      const word = wordOf(by, end.atMs);
      const written = await conditionally(
        client.send(
          new UpdateCommand({
            ...keyOf(callKey),
            UpdateExpression: `SET outcome = :outcome, endedAt = :at, expiresAt = :expires${answer ? `, ${'parts' in answer ? 'answerParts' : 'answer'} = :answer` : ''} REMOVE params, paramsParts`,
            // This very call, still pending, on a word that counts.
            ConditionExpression: `nonce = :nonce AND attribute_not_exists(outcome)${word.condition}`,
            ExpressionAttributeValues: {
              ':outcome': end.outcome,
              ':at': end.atMs,
              ':expires': seconds(expiresAtMs),
              ':answer': answer && ('parts' in answer ? answer.parts : answer.inline),
              ':nonce': nonce,
              ...word.values,
            },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      );
      if (written === 'done') return 'ended';
      if (!isLive(written.standing, end.atMs)) return {};
      const refused = await callOf(written.standing);
      return isSameEnd(refused, ref, end) ? 'ended' : { refused };
    },
    async keepParams(call) {
      const params = packedParams(call);
      if (params && 'parts' in params) await parts.write(call, 'params', params.bytes, call.expiresAtMs);
    },
    async paramsOf(ref) {
      const row = await rowOf(ref.callKey);
      if (!row || row.nonce !== ref.nonce || row.outcome) return undefined;
      const { params, paramsParts } = row;
      if (params instanceof Uint8Array) return { value: decodeJson(params) };
      return paramsParts === undefined ? {} : await parts.read(ref, 'params', String(paramsParts));
    },
    addProgress: (ref, gatewayId, progress) => addProgress(client, tableName, ref, gatewayId, progress),
    ofGateway: (gatewayId, page) => callsOfGateway(client, tableName, gatewayId, page, callOf),
  };
}

/** The client tries again when an answer of DynamoDB is lost: then the end that stands there is our own. */
function isSameEnd(call: StoredCall, { nonce }: CallRef, end: CallEnd): boolean {
  return call.nonce === nonce && JSON.stringify(call.end) === JSON.stringify(orderOf(end));
}

function orderOf({ outcome, atMs, answer }: CallEnd): CallEnd {
  return { outcome, atMs, ...(answer ? { answer } : {}) };
}

/** A reply counts before the deadline only; a waiter may end the call at any time. */
function wordOf(by: EndedBy, atMs: number): { condition: string; values: Record<string, unknown> } {
  if ('waiter' in by) return { condition: '', values: {} };
  const [name, who] = 'connectionId' in by ? ['sentTo', by.connectionId] : ['gatewayId', by.gatewayId];
  return { condition: ` AND ${name} = :who AND deadline > :now`, values: { ':who': who, ':now': atMs } };
}
