/**
 * Progress of a call: rows just before its own, so that one read from the last progress seen up to the call gives both.
 * callKey + item ("a#" and the seq in ten digits) · nonce · gatewayId · seq · data (JSON text) · at (ms) · expiresAt (s)
 */
import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { CallRef, Progress, StoredCall } from '../../core/call/states';
import { limits } from '../../core/wire/limits';
import { conditionally, isLive, type Row, rowsOf, seconds } from '../dynamo/dynamo';

const itemOf = (seq: number) => `a#${String(seq).padStart(10, '0')}`;

/** Adds progress once; a row of an earlier call with the same key is written over. */
export async function addProgress(
  client: DynamoDBDocumentClient,
  TableName: string,
  { callKey, nonce }: CallRef,
  gatewayId: string,
  { seq, data, atMs }: Progress,
): Promise<'added' | 'repeated'> {
  const expiresAt = seconds(atMs + limits.maxStreamTimeoutMs + limits.keepAnswerMs);
  const text = JSON.stringify(data);
  const row = { callKey, item: itemOf(seq), nonce, gatewayId, seq, data: text, at: atMs, expiresAt };
  const written = await conditionally(
    client.send(
      new PutCommand({
        TableName,
        Item: row,
        ConditionExpression: 'attribute_not_exists(callKey) OR nonce <> :nonce',
        ExpressionAttributeValues: { ':nonce': nonce },
      }),
    ),
  );
  return written === 'done' ? 'added' : 'repeated';
}

/** All rows from the progress after `afterSeq` up to the call's own, which is the last. */
export async function readWithProgress(
  client: DynamoDBDocumentClient,
  TableName: string,
  callKey: string,
  afterSeq: number,
): Promise<Row[]> {
  const rows: Row[] = [];
  const pages = rowsOf(client, {
    TableName,
    KeyConditionExpression: 'callKey = :key AND #item BETWEEN :from AND :call',
    ExpressionAttributeNames: { '#item': 'item' },
    ExpressionAttributeValues: { ':key': callKey, ':from': itemOf(afterSeq + 1), ':call': 'call' },
    ConsistentRead: true,
  });
  for await (const page of pages) rows.push(...page);
  return rows;
}

/** The progress that belongs to a call: of its own nonce, from its own gateway, not after its end. */
export function progressOf(rows: Row[], call: StoredCall, nowMs: number): Progress[] {
  return rows
    .filter((row) => String(row.item).startsWith('a#') && isLive(row, nowMs))
    .filter(({ nonce, gatewayId }) => nonce === call.nonce && gatewayId === call.gatewayId)
    .map(({ seq, data, at }) => ({
      seq: Number(seq),
      data: JSON.parse(String(data)) as unknown,
      atMs: Number(at),
    }))
    .filter(({ atMs }) => !call.end || atMs <= call.end.atMs);
}
