/**
 * Progress of a call: rows just before its own, so that one read from the last progress seen up to the call gives both.
 * callKey + item ("a#", when the call was opened, "#", the seq in four digits) · data (JSON text) · at (ms) · expiresAt (s)
 * An earlier call with the same key was opened earlier: its rows come before, and no read of this call meets them.
 */
import type { ProgressRef } from '../../core/call/ports';
import { isOfCall } from '../../core/call/progress';
import type { Progress, StoredCall } from '../../core/call/states';
import { limits } from '../../core/wire/limits';
import { PutCommand } from '../dynamo/commands';
import { conditionally, type DynamoClient, isLive, type Row, rowsOf, seconds } from '../dynamo/dynamo';

const seqDigits = String(limits.maxProgressSeq).length;

function itemOf({ openedAtMs }: ProgressRef, seq: number): string {
  return `a#${String(openedAtMs).padStart(13, '0')}#${String(seq).padStart(seqDigits, '0')}`;
}

/** Adds progress once. */
export async function addProgress(
  client: DynamoClient,
  TableName: string,
  call: ProgressRef,
  { seq, data, atMs }: Progress,
): Promise<'added' | 'repeated'> {
  const expiresAt = seconds(atMs + limits.maxStreamTimeoutMs + limits.keepAnswerMs);
  const Item = {
    callKey: call.callKey,
    item: itemOf(call, seq),
    data: JSON.stringify(data),
    at: atMs,
    expiresAt,
  };
  const put = new PutCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(callKey)' });
  return (await conditionally(client.send(put))) === 'done' ? 'added' : 'repeated';
}

/** All rows from the progress after `afterSeq` up to the call's own, which is the last. */
export async function readWithProgress(
  client: DynamoClient,
  TableName: string,
  call: ProgressRef,
  afterSeq: number,
): Promise<Row[]> {
  const rows: Row[] = [];
  const pages = rowsOf(client, {
    TableName,
    KeyConditionExpression: 'callKey = :key AND #item BETWEEN :from AND :call',
    ExpressionAttributeNames: { '#item': 'item' },
    ExpressionAttributeValues: {
      ':key': call.callKey,
      ':from': itemOf(call, afterSeq + 1),
      ':call': 'call',
    },
    ConsistentRead: true,
  });
  for await (const page of pages) rows.push(...page);
  return rows;
}

/** The progress among the rows that is of the call. */
export function progressOf(rows: Row[], call: StoredCall, nowMs: number): Progress[] {
  return rows
    .filter((row) => row.item !== 'call' && isLive(row, nowMs))
    .map(({ item, data, at }) => ({
      seq: Number(String(item).slice(-seqDigits)),
      data: JSON.parse(String(data)) as unknown,
      atMs: Number(at),
    }))
    .filter((progress) => isOfCall(progress, call.end));
}
