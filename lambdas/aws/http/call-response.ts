/** A call as an HTTP answer: JSON, `pending`, or a stream of events. */
import { answerOf } from '../../core/answer/call-answer';
import { streamOfCall } from '../../core/answer/call-stream';
import type { CallEnd, OpenCall, Progress } from '../../core/call/states';
import { clock } from '../clock';
import type { HttpAnswer, HttpRequest } from './answer';

type Running = Pick<OpenCall, 'openedAtMs' | 'deadlineMs'>;

/** Whether the caller asks for server-sent events. */
export function wantsEvents({ header }: Pick<HttpRequest, 'header'>): boolean {
  return /\btext\/event-stream\b/i.test(header('accept') ?? '');
}

/** The answer to a caller who wants the end alone: 202 while the call still runs. */
export function callAnswer(id: string, call: Running, end: CallEnd | 'pending'): HttpAnswer {
  if (end === 'pending') return { status: 202, body: { id, status: 'pending' } };
  return { status: 200, headers: { 'x-call-outcome': end.outcome }, body: answerOf(id, call, end) };
}

/** The answer as a stream. Nothing between here and the caller may cache it or gather it up. */
export function callStream(
  { requestId }: Pick<HttpRequest, 'requestId'>,
  id: string,
  call: Running,
  sights: AsyncGenerator<Progress[], CallEnd | 'pending'>,
  announce: boolean,
): HttpAnswer {
  const headers = { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' };
  return { status: 200, headers, pieces: streamOfCall({ id, call, requestId, announce }, sights, clock) };
}
