/**
 * `Rpcs`: a call's own row (call-row), its progress before it (call-progress), what is too large for it behind it
 * (call-parts). Which calls of a gateway are under way stands in the rows of its clients.
 */
import type { CallStore, EndedBy, EndWritten } from '../../core/call/ports';
import {
  type CallEnd,
  type CallRef,
  endAsStored,
  type OpenCall,
  type StoredCall,
} from '../../core/call/states';
import { limits } from '../../core/wire/limits';
import { GetCommand, PutCommand, UpdateCommand } from '../dynamo/commands';
import { conditionally, type DynamoClient, isLive, type Row, readTogether, seconds } from '../dynamo/dynamo';
import { decodeJson } from './answer-codec';
import { callParts } from './call-parts';
import { addProgress, progressOf, readWithProgress } from './call-progress';
import { callOfRow, isEndOfRow, type Kept, keepAnswer, keepParams, rowOfCall, stateOfRow } from './call-row';
import { pendingRows } from './pending-row';
import { removeCalls } from './remove-calls';

/** One BatchGetItem takes so many keys. */
const keysPerRead = 100;

/** Calls in DynamoDB. */
export function callTable(client: DynamoClient, tableName: string): CallStore {
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
    ...pendingRows(client, tableName),
    async open(call, nowMs) {
      const written = await conditionally(
        client.send(
          new PutCommand({
            TableName: tableName,
            Item: rowOfCall(call, packedParams(call)),
            // No call has this key, or its time is over, or it is the same one, whose command never left.
            ConditionExpression:
              'attribute_not_exists(callKey) OR expiresAt <= :now OR (outcome = :offline AND attribute_not_exists(sentTo) AND digest = :digest)',
            ExpressionAttributeValues: {
              ':now': Math.floor(nowMs / 1000),
              ':offline': 'offline',
              ':digest': call.digest,
            },
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
    async state(callKey, nowMs) {
      const row = await rowOf(callKey);
      return isLive(row, nowMs) ? stateOfRow(row) : undefined;
    },
    async follow(ref, afterSeq, nowMs) {
      const rows = await readWithProgress(client, tableName, ref, afterSeq);
      const last = rows.at(-1);
      if (last?.item !== 'call' || !isLive(last, nowMs)) return { progress: [] };
      const call = await callOf(last);
      return { call, progress: call.nonce === ref.nonce ? progressOf(rows, call, nowMs) : [] };
    },
    async end(ref, end, by) {
      const { callKey, nonce } = ref;
      const answer = keepAnswer(end.answer);
      const expiresAtMs = end.atMs + limits.keepAnswerMs;
      if (answer && 'parts' in answer) {
        // Parts cost hundreds of write units: first the right to write them.
        const row = await rowOf(callKey);
        if (!isLive(row, end.atMs)) return {};
        if (isEndOfRow(row, ref, end, answer)) return endedIn(row, end);
        const standing = stateOfRow(row);
        if (!mayEnd(standing, ref, by, end.atMs)) return { refused: standing };
        await parts.write(ref, 'reply', answer, expiresAtMs);
      }
      const word = wordOf(by, end.atMs);
      const ending = client.send(
        new UpdateCommand({
          ...keyOf(callKey),
          UpdateExpression: `SET outcome = :outcome, endedAt = :at, expiresAt = :expires${answer ? `, ${'parts' in answer ? 'answerParts' : 'answer'} = :answer` : ''}${end.steps ? ', steps = :steps' : ''} REMOVE params, paramsParts`,
          // This very call, still pending, on a word that counts.
          ConditionExpression: `nonce = :nonce AND attribute_not_exists(outcome)${word.condition}`,
          ExpressionAttributeValues: {
            ':outcome': end.outcome,
            ':at': end.atMs,
            ':expires': seconds(expiresAtMs),
            ':answer': answer && ('parts' in answer ? answer.parts : answer.inline),
            ':steps': end.steps,
            ':nonce': nonce,
            ...word.values,
          },
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      const written = await conditionally(ending);
      if (written === 'done') return endedIn((await ending).Attributes!, end);
      if (!isLive(written.standing, end.atMs)) return {};
      if (isEndOfRow(written.standing, ref, end, answer)) return endedIn(written.standing, end);
      return { refused: 'waiter' in by ? await callOf(written.standing) : stateOfRow(written.standing) };
    },
    async keepParams(call) {
      const params = packedParams(call);
      if (params && 'parts' in params) await parts.write(call, 'params', params, call.expiresAtMs);
    },
    async paramsOf(ref) {
      const row = await rowOf(ref.callKey);
      if (!row || row.nonce !== ref.nonce || row.outcome) return undefined;
      const { params, paramsParts } = row;
      if (params instanceof Uint8Array) return { value: decodeJson(params) };
      return paramsParts === undefined ? {} : await parts.read(ref, 'params', String(paramsParts));
    },
    addProgress: (call, progress) => addProgress(client, tableName, call, progress),
    async states(callKeys, nowMs, how) {
      const rows: Row[] = [];
      for (let at = 0; at < callKeys.length; at += keysPerRead) {
        const Keys = callKeys.slice(at, at + keysPerRead).map((callKey) => ({ callKey, item: 'call' }));
        const read = await readTogether(client, { [tableName]: { Keys, ConsistentRead: how !== 'loosely' } });
        rows.push(...(read[tableName] ?? []));
      }
      return rows.filter((row) => isLive(row, nowMs)).map(stateOfRow);
    },
    remove: (callKeys) => removeCalls(client, tableName, callKeys),
  };
}

/** A call in whose row this end stands. */
function endedIn(row: Row, end: CallEnd): EndWritten {
  const call = stateOfRow(row);
  return { ended: { ...call, end: endAsStored(end, call) } };
}

/** The condition of the write below, of a row that was read. */
function mayEnd(call: StoredCall, { nonce }: CallRef, by: EndedBy, atMs: number): boolean {
  if (call.nonce !== nonce || call.end) return false;
  if ('waiter' in by) return true;
  const isTheirs = 'connectionId' in by ? call.sentTo === by.connectionId : call.gatewayId === by.gatewayId;
  return isTheirs && atMs < call.deadlineMs;
}

/** A reply counts before the deadline only; a waiter may end the call at any time. */
function wordOf(by: EndedBy, atMs: number): { condition: string; values: Record<string, unknown> } {
  if ('waiter' in by) return { condition: '', values: {} };
  const [name, who] = 'connectionId' in by ? ['sentTo', by.connectionId] : ['gatewayId', by.gatewayId];
  return { condition: ` AND ${name} = :who AND deadline > :now`, values: { ':who': who, ':now': atMs } };
}
