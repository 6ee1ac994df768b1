/**
 * The row of a call in `Rpcs`, from its opening until ten minutes after its end.
 * callKey + item ("call") · nonce · gatewayId · clientId · method · digest · sentTo? · sentBy? · openedAt, deadline (ms) ·
 * expiresAt (s) · params? (see answer-codec) or paramsParts? (see call-parts), until the end ·
 * id? · guarded?, toTell? · listeners? (set of texts) · unreached? · told? (seq) · turn?, turnUntil? (ms) ·
 * outcome? · endedAt? (ms) · steps? · answer? or answerParts?
 * A call without `outcome` is pending. A small call's row stays below 1 KB: one write unit.
 */
import {
  type CallEnd,
  type CallRef,
  endAsStored,
  type Listener,
  type OpenCall,
  type StoredCall,
} from '../../core/call/states';
import type { RuntimeAnswer } from '../../core/wire/frames';
import type { Outcome } from '../../core/wire/outcomes';
import { type Row, seconds } from '../dynamo/dynamo';
import { decodeJson, encodeJson } from './answer-codec';
import { nameOfParts, type PartsName } from './call-parts';

/** Larger params would take the row over 1 KB and make its end cost two write units. */
const maxInlineParams = 400;
/** Larger answers would make every read of the row dear. */
const maxInlineAnswer = 64 * 1024;

/** Bytes that go into the row itself, or the name of the parts that hold them. */
export type Kept = { inline: Uint8Array } | { parts: PartsName; bytes: Uint8Array };

/** How the params of a call are kept. */
export function keepParams(call: OpenCall): Kept | undefined {
  return call.params === undefined ? undefined : keep(call.params, maxInlineParams);
}

/** How an answer is kept. */
export function keepAnswer(answer: RuntimeAnswer | undefined): Kept | undefined {
  return answer && keep(answer, maxInlineAnswer);
}

function keep(value: unknown, maxInline: number): Kept {
  const bytes = encodeJson(value);
  return bytes.length <= maxInline ? { inline: bytes } : { parts: nameOfParts(bytes), bytes };
}

/** A call as its row. */
export function rowOfCall(call: OpenCall, params: Kept | undefined): Row {
  const { openedAtMs, deadlineMs, expiresAtMs, listeners, params: _, ...rest } = call;
  return {
    ...rest,
    ...(listeners ? { listeners: new Set(listeners.map(textOfListener)) } : {}),
    item: 'call',
    openedAt: openedAtMs,
    deadline: deadlineMs,
    expiresAt: seconds(expiresAtMs),
    ...(params && ('inline' in params ? { params: params.inline } : { paramsParts: params.parts })),
  };
}

/** Reads a row; `answerOf` fetches an answer that is kept in parts. */
export async function callOfRow(
  row: Row,
  answerOf: (call: StoredCall, parts: PartsName) => Promise<{ value: unknown } | undefined>,
): Promise<StoredCall> {
  const call = stateOfRow(row);
  if (!call.end) return call;
  const { answer, answerParts } = row;
  if (answer instanceof Uint8Array) call.end.answer = decodeJson(answer) as RuntimeAnswer;
  if (answerParts !== undefined) {
    const whole = await answerOf(call, String(answerParts));
    if (!whole) throw new Error('The parts of an answer are not what its row names.');
    call.end.answer = whole.value as RuntimeAnswer;
  }
  return call;
}

/** Reads a row without the answer in it or beside it. */
export function stateOfRow(row: Row): StoredCall {
  const { outcome, endedAt, steps, answer: _, answerParts: __, ...rest } = row;
  const call = openOf(rest);
  if (outcome === undefined) return call;
  const end = {
    outcome: outcome as Outcome,
    atMs: Number(endedAt),
    ...(steps ? { steps: Number(steps) } : {}),
  };
  return { ...call, end: endAsStored(end, call) };
}

/** Whether the end that stands in a row is this one: the client tries again when an answer of DynamoDB is lost. */
export function isEndOfRow(row: Row, { nonce }: CallRef, end: CallEnd, answer: Kept | undefined): boolean {
  const { outcome, endedAt } = row;
  if (row.nonce !== nonce || outcome !== end.outcome || endedAt !== end.atMs) return false;
  if (answer && 'parts' in answer) return row.answerParts === answer.parts;
  const inline = row.answer instanceof Uint8Array ? row.answer : new Uint8Array();
  return Buffer.compare(inline, answer?.inline ?? new Uint8Array()) === 0;
}

function openOf(row: Record<string, unknown>): StoredCall {
  const {
    item: _,
    params: __,
    paramsParts: ___,
    turn: ____,
    sentBy: _____,
    openedAt,
    deadline,
    expiresAt,
    listeners,
    turnUntil,
    ...rest
  } = row;
  return {
    ...(rest as Pick<StoredCall, 'callKey' | 'nonce' | 'gatewayId' | 'clientId' | 'method' | 'digest'>),
    openedAtMs: Number(openedAt),
    deadlineMs: Number(deadline),
    expiresAtMs: Number(expiresAt) * 1000,
    ...(listeners instanceof Set ? { listeners: [...listeners].map(listenerOf) } : {}),
    ...(turnUntil === undefined ? {} : { turnUntilMs: Number(turnUntil) }),
  };
}

/** A listener in the set of its row. */
export function textOfListener({ connectionId, id }: Listener): string {
  return `${connectionId} ${JSON.stringify(id)}`;
}

function listenerOf(text: unknown): Listener {
  const [, connectionId = '', id = 'null'] = /^(\S+) (.*)$/.exec(String(text)) ?? [];
  return { connectionId, id: JSON.parse(id) };
}
